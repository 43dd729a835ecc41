"""Plain text about everyday things, one for each language: what a team's words are compared with. Data."""

GENERAL = {
    "en": (
        "Every morning people leave their houses and walk through the streets to their work. Some take "
        "the train, others drive their cars, and many children travel to school with their friends. "
        "During the day they speak with each other, read letters, answer questions and write down what "
        "they have learned. At noon most families eat together, often bread, soup or vegetables, and talk "
        "about the weather, their neighbours and the news. After several hours the shops close, the "
        "lights in the windows appear, and somebody tells a story about things that happened a long time "
        "before. It is a quiet life, though not always simple: there are problems with money, with health "
        "and with the government, and people must decide together what should change and what is better "
        "left alone."
    ),
    "de": (
        "Jeden Morgen verlassen die Menschen ihre Häuser und gehen durch die Straßen zur Arbeit. Manche "
        "nehmen den Zug, andere fahren mit dem Auto, und viele Kinder gehen mit ihren Freunden zur "
        "Schule. Während des Tages sprechen sie miteinander, lesen Briefe, beantworten Fragen und "
        "schreiben auf, was sie gelernt haben. Mittags essen die meisten Familien zusammen, oft Brot, "
        "Suppe oder Gemüse, und reden über das Wetter, die Nachbarn und die Nachrichten. Nach einigen "
        "Stunden schließen die Läden, in den Fenstern erscheint Licht, und jemand erzählt eine Geschichte "
        "aus früheren Zeiten."
    ),
    "fr": (
        "Chaque matin les gens quittent leur maison et traversent les rues pour aller au travail. "
        "Certains prennent le train, d'autres conduisent leur voiture, et beaucoup d'enfants vont à "
        "l'école avec leurs amis. Pendant la journée ils parlent ensemble, lisent des lettres, répondent "
        "aux questions et écrivent ce qu'ils ont appris. À midi la plupart des familles mangent ensemble, "
        "souvent du pain, de la soupe ou des légumes, et parlent du temps, des voisins et des nouvelles. "
        "Après quelques heures les magasins ferment et quelqu'un raconte une histoire qui s'est passée "
        "longtemps avant."
    ),
    "es": (
        "Cada mañana las personas salen de sus casas y caminan por las calles hacia su trabajo. Algunas "
        "toman el tren, otras conducen su coche, y muchos niños van a la escuela con sus amigos. Durante "
        "el día hablan entre ellos, leen cartas, responden preguntas y escriben lo que han aprendido. Al "
        "mediodía la mayoría de las familias comen juntas, muchas veces pan, sopa o verduras, y hablan "
        "del tiempo, de los vecinos y de las noticias. Después de algunas horas las tiendas cierran y "
        "alguien cuenta una historia que ocurrió mucho tiempo antes."
    ),
    "it": (
        "Ogni mattina le persone lasciano le loro case e camminano per le strade verso il lavoro. Alcuni "
        "prendono il treno, altri guidano la macchina, e molti bambini vanno a scuola con i loro amici. "
        "Durante il giorno parlano insieme, leggono lettere, rispondono alle domande e scrivono quello "
        "che hanno imparato. A mezzogiorno quasi tutte le famiglie mangiano insieme, spesso pane, zuppa o "
        "verdura, e parlano del tempo, dei vicini e delle notizie. Dopo qualche ora i negozi chiudono e "
        "qualcuno racconta una storia accaduta molto tempo prima."
    ),
    "nl": (
        "Elke ochtend verlaten de mensen hun huizen en lopen door de straten naar hun werk. Sommigen "
        "nemen de trein, anderen rijden met de auto, en veel kinderen gaan met hun vrienden naar school. "
        "Overdag praten ze met elkaar, lezen brieven, beantwoorden vragen en schrijven op wat ze hebben "
        "geleerd. Tussen de middag eten de meeste gezinnen samen, vaak brood, soep of groente, en praten "
        "over het weer, de buren en het nieuws. Na enkele uren sluiten de winkels en iemand vertelt een "
        "verhaal van lang geleden."
    ),
    "sk": (
        "Každé ráno ľudia opúšťajú svoje domy a idú ulicami do práce. Niektorí cestujú vlakom, iní jazdia "
        "autom a mnohé deti chodia do školy so svojimi priateľmi. Počas dňa spolu hovoria, čítajú listy, "
        "odpovedajú na otázky a zapisujú si, čo sa naučili. Na obed väčšina rodín jedáva spolu, často "
        "chlieb, polievku alebo zeleninu, a rozpráva sa o počasí, susedoch a správach. Po niekoľkých "
        "hodinách sa obchody zatvárajú a niekto rozpráva príbeh, ktorý sa stal veľmi dávno."
    ),
}

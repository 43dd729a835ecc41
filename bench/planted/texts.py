"""What is put into clean rows as text, and decoys that only look like it. Used by faults and rows."""

_MACHINES_WORDS = """
lathe mixer dryer kiln press grinder conveyor compressor chiller boiler centrifuge extruder labeller
palletiser sorter crusher sifter slicer homogeniser autoclave planer bandsaw router plotter laminator
folder stitcher bottler capper washer steriliser evaporator condenser feeder dosing-unit crane hoist
winder turbine furnace
"""
MACHINES = tuple(_MACHINES_WORDS.split())
_PARTS_WORDS = """
gasket impeller bearing spindle flange nozzle piston valve manifold coupling gearbox pulley filter
thermostat solenoid encoder bushing diaphragm camshaft hopper agitator burner igniter damper rotor stator
clutch sprocket chuck tailstock blade scraper hose regulator manometer relay fuse drawer handwheel lever
bracket shroud liner plunger seal magnet sensor display keypad pedal
"""
PARTS = tuple(_PARTS_WORDS.split())
_FAULTS_WORDS = """
leaks rattles overheats sticks slips squeals vibrates corrodes jams trips cracks smokes drips flickers
stalls
"""
FAULTS = tuple(_FAULTS_WORDS.split())
_MATERIALS_WORDS = """
bronze nitrile ceramic nylon graphite brass teflon titanium cork zinc copper acrylic
"""
MATERIALS = tuple(_MATERIALS_WORDS.split())
_PLACES_WORDS = """
workshop depot basement annex laboratory yard warehouse canteen gatehouse office
"""
PLACES = tuple(_PLACES_WORDS.split())
_HABITS_WORDS = """
weekly monthly quarterly yearly daily seldom twice hourly nightly
"""
HABITS = tuple(_HABITS_WORDS.split())

FOREIGN = (
    (
        "Wie oft muss man den Filter der Anlage im Winter wirklich wechseln?",
        "Der Filter sollte alle drei Monate gewechselt werden, im Winter sogar häufiger.",
    ),
    (
        "Warum bleibt die Maschine nach dem Einschalten immer wieder stehen?",
        "Meistens ist die Sicherung defekt oder das Kabel wurde nicht richtig angeschlossen.",
    ),
    (
        "Kto zodpovedá za pravidelnú údržbu strojov v našej dielni?",
        "Za údržbu zodpovedá vedúci dielne, ktorý každý týždeň kontroluje všetky stroje.",
    ),
    (
        "Ako dlho trvá výmena tesnenia na starom čerpadle?",
        "Výmena tesnenia trvá približne dve hodiny, ak máte pripravené všetky potrebné nástroje.",
    ),
    (
        "Combien de temps faut-il pour remplacer le joint de la pompe?",
        "Il faut environ deux heures, à condition d'avoir tous les outils nécessaires sous la main.",
    ),
    (
        "Pourquoi la machine fait-elle autant de bruit quand elle démarre le matin?",
        "Le bruit vient souvent d'une courroie usée qu'il faut remplacer sans attendre.",
    ),
    (
        "¿Con qué frecuencia hay que limpiar el depósito de la caldera?",
        "El depósito debe limpiarse cada seis meses para que la caldera funcione bien.",
    ),
    (
        "¿Por qué se calienta tanto el motor cuando trabaja durante la noche?",
        "Porque el ventilador está sucio y el aire no circula como debería dentro de la carcasa.",
    ),
    (
        "Jak często należy smarować łożyska w starej tokarce?",
        "Łożyska należy smarować co najmniej raz w miesiącu, a zimą nawet częściej.",
    ),
    (
        "Perché la macchina si ferma sempre dopo pochi minuti di lavoro?",
        "Di solito il problema dipende dal sensore di temperatura, che deve essere sostituito.",
    ),
    (
        "Hoe vaak moet het filter van de installatie worden vervangen?",
        "Het filter moet elke drie maanden worden vervangen, vooral als er veel stof in de lucht zit.",
    ),
    (
        "Почему насос перестаёт работать после нескольких минут?",
        "Обычно причина в том, что фильтр засорён и вода больше не поступает.",
    ),
)

ACCENTED = (
    "Údržbu vykonáva školený pracovník.",
    "Größe und Stärke prüfen.",
    "Vérifiez la pièce à côté.",
    "Přesné měření šířky.",
    "El señor Ibáñez está aquí.",
    "Łożysko już działa.",
    "Tlačidlo »štart« nájdete vľavo.",
    "Der Zähler läuft rückwärts.",
)
ACCENTED_DECOYS = (
    "The café in Zürich uses the same part.",
    "SÃO PAULO is the only other site.",
    "Tolerance is ±5 µm at 20 °C.",
    "Ask Mr Dvořák or Ms Šimková.",
    "The naïve fix costs £15 – or €18.",
    "“Curly quotes” are fine… really.",
    "½ turn, then ¼ turn.",
)

HTML = (
    "<p>{}</p>",
    "{}<br>",
    "{}<br/>See below.",
    "<b>Note</b> {}",
    '<a href="https://example.org/a">More</a> {}',
    "<ul><li>{}</li></ul>",
    "{}&nbsp;",
    "<div class='box'>{}</div>",
    "{} Salt &amp; pepper.",
    "<table><tr><td>{}</td></tr></table>",
    "<em>{}</em>",
    "{} 5 &lt; 7",
    "<span style='color:red'>{}</span>",
    "<!-- old --> {}",
    "<H2>{}</H2>",
    "{} &#8211; done",
    "<img src=x.png> {}",
)
HTML_DECOYS = (
    "Keep a < b and c > d.",
    "Type <serial number> there.",
    "It is a List<String> inside.",
    "Set x <- 5 first.",
    "R&D and Q&A know.",
    "Use the tag `<div>` for it.",
    "Pressure <5 bar or >7 bar.",
    "Call swap(a&b; c) once.",
    "Press <Enter> or <F5>.",
    "A -> B -> C.",
)

TOKENS = (
    "<|im_end|>",
    "<|im_start|>user",
    "<|endoftext|>",
    "[INST]",
    "[/INST]",
    "<<SYS>>",
    "</s>",
    "<s>",
    "<|eot_id|>",
    "<|assistant|>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<|user|>",
    "<|end|>",
    "<bos>",
    "<eos>",
    "<pad>",
    "<|begin_of_text|>",
    "<｜end▁of▁sentence｜>",
    "<|start_header_id|>",
    "<|fim_middle|>",
)
TOKEN_DECOYS = (
    "The norm |x| < |y| holds.",
    "See [INSTALL] and [INST. 4].",
    "Press <start> now.",
    "Bounds <| and |> are operators in some languages.",
    "<system manual>, page 4",
    "[SYSTEM] is a label on the door.",
    "Choose <user> from the list.",
    "Type /s to silence it.",
)

INVISIBLE = (
    "\u202e",
    "\u200b",
    "\ufeff",
    "\u00ad",
    "\u200f",
    "\u2066",
    "\u202a",
    "\u2060",
    "\u200e",
    "\u0007",
    "\u200d",
    "\x1b",
)
INVISIBLE_DECOYS = (
    "The crew 👩‍🔧 did it.",
    "Family pass 👨‍👩‍👧 is fine.",
    "The Persian label reads می‌خواهم.",
    "Hebrew: שלום\u200f!",
    "Thumbs 👍🏽 up.",
    "Tab\there.",
    "Rainbow 🏳️‍🌈 sticker.",
    "Hindi क्‍ष on the plate.",
)

ONE_WORD = (
    "Yes.",
    "No",
    "Maybe",
    "Sometimes.",
    "42",
    "Never!",
    "Bronze",
    "Ok",
    "Unknown",
    "Monday",
    "N/A",
    "TBD",
)

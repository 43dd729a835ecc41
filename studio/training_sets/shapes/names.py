"""What columns are called, in several languages, and how a column is found by its name.

Used by guessing and by question sets. Names stand without accents and in the order of preference.
"""

import re
import unicodedata
from collections.abc import Sequence

PROMPT_NAMES = (
    "question", "prompt", "instruction", "query", "user message", "user", "customer message", "customer",
    "request", "utterance", "problem", "scenario", "input", "faq", "frage", "anfrage", "anweisung",
    "eingabe", "otazka", "dotaz", "poziadavka", "pozadavek", "pokyn", "zadanie", "zadani", "vstup",
    "pregunta", "consulta", "instruccion", "entrada", "requete", "demande", "consigne", "domanda",
    "pergunta", "pytanie", "vraag", "kerdes",
)  # fmt: skip
COMPLETION_NAMES = (
    "answer", "completion", "response", "output", "reply", "assistant message", "assistant", "chosen",
    "solution", "reference answer", "reference", "expected answer", "expected output", "best answer",
    "antwort", "ausgabe", "losung", "odpoved", "vystup", "riesenie", "reseni", "respuesta", "salida",
    "solucion", "reponse", "sortie", "risposta", "resposta", "odpowiedz", "antwoord", "valasz",
)  # fmt: skip
# how words for asking and answering begin, whatever their ending: “What they asked”, “Čo sme odpovedali”
ASKED_STEMS = (
    "question", "ask", "enquir", "inquir", "frage", "fragt", "gefrag", "anfrag", "angefrag", "otaz",
    "pyta", "spyta", "opyta", "dotaz", "dopyt", "pregunt", "demand", "domand", "chiest", "chied",
    "pergunt", "zapyt", "vraag", "vrag", "gevraag", "kerd", "spørsm", "spørg", "fråga", "soru",
    "вопрос", "спрос", "спраш", "питан", "запит", "въпрос", "ερωτ", "質問", "问题", "問題", "提问", "سؤال",
    "שאל", "질문",
)  # fmt: skip
ANSWERED_STEMS = (
    "answer", "reply", "replie", "response", "responded", "antwort", "geantwort", "beantwort",
    "odpoved", "odpovid", "odpovej", "zodpoved", "odpowi", "respuest", "repons", "repond", "rispost",
    "rispon", "respost", "antwoord", "geantwoord", "beantwoord", "valasz", "svar", "cevap", "yanit",
    "ответ", "отвеч", "відпов", "отговор", "απαντ", "απαντησ", "回答", "答案", "答え", "جواب", "اجاب", "תשוב",
    "답변",
)  # fmt: skip
LABEL_NAMES = (
    "label", "intent", "category", "class", "tag", "target", "sentiment", "topic", "similar", "score",
    "kategorie", "kategoria", "klasse", "trieda", "trida", "stitok", "stitek", "zamer", "thema", "tema",
    "categoria", "categorie", "etiqueta", "etiquette", "clase", "classe", "intencion", "intention",
    "etykieta",
)  # fmt: skip
# of these, what says a text is about something more often than what is to be learned
SORTING_NAMES = (
    "category", "tag", "topic", "kategorie", "kategoria", "stitok", "stitek", "thema", "tema", "categoria",
    "categorie", "etiqueta", "etiquette", "etykieta",
)  # fmt: skip
TEXT_NAMES = (
    "text", "content", "body", "message", "sentence", "review", "comment", "description", "abstract",
    "passage", "document", "title", "inhalt", "nachricht", "satz", "beschreibung", "obsah", "sprava",
    "zprava", "veta", "popis", "texto", "contenido", "mensaje", "descripcion", "texte", "contenu", "phrase",
    "testo", "tekst",
)  # fmt: skip
INSTRUCTION_NAMES = (
    "instruction", "task", "anweisung", "aufgabe", "instrukcia", "instrukce", "uloha", "ukol",
    "instruccion", "tarea", "consigne", "tache", "istruzione", "instrucao",
)  # fmt: skip
INPUT_NAMES = (
    "input", "context", "eingabe", "kontext", "vstup", "entrada", "contexto", "entree", "contexte",
)  # fmt: skip
CHAT_NAMES = (
    "messages", "conversations", "conversation", "chosen", "chat", "dialogue", "dialog", "turns",
    "contents", "nachrichten", "unterhaltung", "gesprach", "spravy", "zpravy", "rozhovor", "konverzacia",
    "konverzace", "mensajes", "conversacion", "dialogo",
)  # fmt: skip
NOT_CHAT_NAMES = ("history", "rejected", "verlauf", "historia", "historie", "historial", "historique")
SYSTEM_NAMES = ("system", "system prompt", "system message", "systemprompt")
HISTORY_NAMES = ("history", "verlauf", "historia", "historie", "historial", "historique")
CONTEXT_NAMES = ("context", "contexts", "passage", "passages", "kontext", "contexto", "contexte")
GROUP_NAMES = (
    "group", "group id", "document", "document id", "doc id", "page id", "conversation id", "dialogue id",
    "dialog id", "thread", "thread id", "ticket", "ticket id", "session id", "case id", "conversation",
    "gruppe", "dokument", "skupina", "grupo", "documento", "groupe",
)  # fmt: skip
DATE_NAMES = (
    "date", "created at", "created on", "created", "updated at", "last update", "last updated", "updated",
    "modified", "published", "timestamp", "time", "datum", "erstellt", "vytvorene", "vytvoreno", "fecha",
    "data",
)  # fmt: skip
# every one of them, as told apart from words of a sentence
KNOWN = frozenset(
    name
    for some in (
        PROMPT_NAMES, COMPLETION_NAMES, LABEL_NAMES, TEXT_NAMES, INSTRUCTION_NAMES, INPUT_NAMES, CHAT_NAMES,
        SYSTEM_NAMES, HISTORY_NAMES, CONTEXT_NAMES, GROUP_NAMES, DATE_NAMES,
    )
    for name in some
)  # fmt: skip

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def simple(name: str) -> str:
    """How names are compared: small letters without accents, words apart by one blank."""
    letters = unicodedata.normalize("NFKD", _CAMEL.sub(" ", name))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", bare.casefold()))


def named_column(columns: Sequence[str], wanted: Sequence[str]) -> str | None:
    """The column with the earliest wanted name; a whole name before a name that contains the word."""
    plain = {column: simple(column) for column in columns}
    for name in wanted:
        for column in columns:
            if plain[column] in (name, name + "s"):
                return column
    for name in wanted:
        for column in columns:
            words = plain[column].split()
            if len(words) <= 2 and (name in words or name + "s" in words):
                return column
    return None


def stemmed_column(columns: Sequence[str], stems: Sequence[str]) -> str | None:
    """The first column with a word that begins so; longer stems may end a compound, as in Kundenanfrage."""
    known = [simple(stem) for stem in stems]
    return next((c for c in columns if any(_has(word, known) for word in simple(c).split())), None)


def _has(word: str, stems: Sequence[str]) -> bool:
    return any(word.startswith(s) or ((len(s) >= 5 or not s.isascii()) and s in word) for s in stems)

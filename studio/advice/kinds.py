"""What a conclusion is called and means; "not yet" speaks for its own reason. Pure; called by recommend."""

from studio.advice.weighing import Weighed

GATHER = "gather"
PROMPT_DOCUMENTS = "prompt the documents"
PROMPTING = "prompting is enough"
LOOKUP = "a lookup is enough"
NOT_YET = (LOOKUP, PROMPTING, PROMPT_DOCUMENTS, GATHER)

TITLES = {
    "rag": "Use RAG: look the answers up",
    "fine-tune": "Fine-tune: teach the model your trade's wording",
    "rag+fine-tune": "Do both: RAG for the facts, fine-tuning for the form",
    "not yet": "Not yet",
    GATHER: "Not yet: gather first",
    PROMPT_DOCUMENTS: "Not yet: put the documents into the prompt",
    PROMPTING: "Not yet: prompting is enough",
    LOOKUP: "Not yet: a nearest-neighbour lookup answers as well",
}
MEANINGS = {
    "rag": "Look the answers up: build a library of the documents and answer from the passages found.",
    "fine-tune": "Train an adapter on the examples; the base model learns the trade's form and wording.",
    "rag+fine-tune": "Do both: facts in RAG, only the form and wording in the adapter.",
    GATHER: "Build nothing yet: there is too little to build on. What to gather stands below.",
    PROMPT_DOCUMENTS: "Build nothing yet: the documents fit into one prompt, where the model can read them.",
    PROMPTING: "Build nothing yet: the base model already answers without help, so a good prompt is enough.",
    LOOKUP: "Build no model: give the answer of the most similar example. That is right as often, and needs "
    "neither training nor a language model.",
}
GATHER_BEFORE_RAG = "First gather the documents. Then "


def kind_of(conclusion: str, weighed: Weighed, settled: str = "") -> str:
    """The conclusion itself, or why "not yet": as a pilot has `settled` it, else by the heaviest rule."""
    if conclusion != "not yet":
        return conclusion
    if settled:
        return settled
    speaking = [rule for rule in weighed.rules if rule.not_yet]
    if not speaking:
        return GATHER
    heaviest = max(speaking, key=lambda rule: (rule.pushes["not yet"], -NOT_YET.index(rule.not_yet)))
    return heaviest.not_yet


def meaning_of(kind: str, without_documents: bool) -> str:
    """What to do, in a sentence or two."""
    if kind.startswith("rag") and without_documents:
        return GATHER_BEFORE_RAG + MEANINGS[kind][0].lower() + MEANINGS[kind][1:]
    return MEANINGS[kind]

"""Where rules come from, as reasons show it. Data; used by the rules."""

EXTERNAL = "founding rule 1: the answer must bring in external data"
TRADE = "founding rule 2: stable, precise knowledge and wording of a trade"
QUALITY = "founding rule 3: fine-tuning needs a high-quality data set, a small range makes little difference"
BLACK_BOX = "founding rule 4: fine-tuning is a black box, with RAG the source can be found"
SCENARIO_VERTICAL = "founding scenario: a trade with its own vocabulary and expressions"
SCENARIO_COMBINE = "founding scenario: answers that combine different points of knowledge"
SCENARIO_FLOW = "founding scenario: an automated business flow"
CHANGING = "founding scenario: data that changes often speaks against fine-tuning"
MEASUREMENT = "measurement"
ANSWER = "answer"

FORM_APART = "The facts change and the form does not: facts in RAG, only the form in the adapter."

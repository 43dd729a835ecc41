"""The rules of the advice, as data one can read from top to bottom. Pure; weighed by weighing.

A rule holds when all its conditions hold; it then pushes towards or away from a way of working:
"rag" (look it up), "fine-tune" (train it) or "not yet" (neither is worth it so far).
What nobody knows pushes nowhere. `forbids` rules a conclusion out whatever else speaks for it.
"""

from studio.advice.rule import Rule, When

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

# What must be beaten: prompting as it is costs nothing.
NOT_YET_AT_FIRST = 1.0

RULES = (
    # What people say
    Rule(
        "sources-must-show",
        "Every answer must show its source; only looked-up passages can.",
        (When("needs_sources", "is", True),),
        {"rag": 4.0},
        BLACK_BOX,
        forbids=("fine-tune",),
    ),
    Rule(
        "facts-change-often",
        "The facts change every week or day: a document is replaced in a minute, a model must be retrained.",
        (When("facts_change", "in", ("weekly", "daily")),),
        {"rag": 4.0, "fine-tune": -3.0},
        CHANGING,
        forbids=("fine-tune",),
        figures=("new-facts", "forcing-facts"),
    ),
    Rule(
        "facts-change-monthly",
        "The facts change every month, which is tedious to train and easy to look up.",
        (When("facts_change", "is", "monthly"),),
        {"rag": 2.0, "fine-tune": -1.0},
        CHANGING,
        figures=("new-facts",),
    ),
    Rule(
        "facts-are-stable",
        "The knowledge is stable, so what is trained stays true.",
        (When("facts_change", "in", ("never", "yearly")),),
        {"fine-tune": 1.0},
        TRADE,
    ),
    Rule(
        "special-wording",
        "The trade's own wording is the point; retrieval does not teach a manner of speaking.",
        (When("special_wording", "is", True),),
        {"fine-tune": 3.0},
        SCENARIO_VERTICAL,
        figures=("both-add-up",),
    ),
    Rule(
        "fixed-form",
        "Answers must have a fixed form, which fine-tuning teaches dependably.",
        (When("fixed_form", "is", True),),
        {"fine-tune": 1.5},
        TRADE,
    ),
    Rule(
        "neither-form-nor-wording",
        "Neither a fixed form nor special wording is the point, so there is little to train for.",
        (When("special_wording", "is", False), When("fixed_form", "is", False)),
        {"fine-tune": -1.0},
        ANSWER,
    ),
    Rule(
        "combines-documents",
        "Answers combine points of knowledge from several documents.",
        (When("combines_documents", "is", True),),
        {"rag": 3.0},
        SCENARIO_COMBINE,
    ),
    Rule(
        "automated-flow",
        "An automated flow needs facts from your data and a dependable form.",
        (When("automated_flow", "is", True),),
        {"rag": 4.0, "fine-tune": 3.0},
        SCENARIO_FLOW,
        figures=("both-add-up", "train-for-rag"),
    ),
    Rule(
        "fits-in-context",
        "All documents fit into one prompt: put them there before building anything.",
        (When("fits_in_context", "is", True), When("has_documents_or_unknown", "is", True)),
        {"not yet": 2.5},
        ANSWER,
    ),
    Rule(
        "answer-at-once",
        "Answers must come within a second; passages make the prompt longer.",
        (When("latency_seconds", "at most", 1.0),),
        {"rag": -0.5, "fine-tune": 0.5},
        ANSWER,
    ),
    Rule(
        "data-stays-here",
        "The data stays on this host, so the model is a small one, and small models store few facts.",
        (When("data_may_leave_host", "is", False),),
        {"rag": 0.5},
        "figure: small-models-store-little",
        figures=("small-models-store-little",),
    ),
    Rule(
        "data-may-leave",
        "The data may leave this host: a larger hosted model can be tried by prompting alone.",
        (When("data_may_leave_host", "is", True),),
        {"not yet": 0.5},
        ANSWER,
    ),
    Rule(
        "no-gpu",
        "There is no GPU to speak of: only small models can be trained, and slowly.",
        (When("gpu_memory_gb", "below", 4.0),),
        {"fine-tune": -0.5},
        ANSWER,
    ),
    # What was measured
    Rule(
        "documents-exist",
        "There are documents to look things up in.",
        (When("documents", "at least", 1),),
        {"rag": 2.0},
        EXTERNAL,
        figures=("new-facts", "rare-facts"),
    ),
    Rule(
        "nothing-to-look-up",
        "There are no documents to look anything up in.",
        (When("documents", "is", 0),),
        {"rag": -2.0},
        EXTERNAL,
    ),
    Rule(
        "little-text",
        "Below about 200,000 tokens retrieval may be unnecessary: a long prompt can hold the documents.",
        (
            When("document_tokens", "below", 200_000),
            When("documents", "at least", 1),
            When("fits_in_context", "unknown"),
        ),
        {"not yet": 1.5},
        MEASUREMENT,
    ),
    Rule(
        "much-text",
        "The documents are far too long for one prompt.",
        (When("document_tokens", "at least", 200_000),),
        {"rag": 1.0},
        EXTERNAL,
    ),
    Rule(
        "nothing-gathered",
        "There are neither documents nor examples to work with.",
        (When("examples", "is", 0), When("documents", "is", 0)),
        {"not yet": 3.0},
        QUALITY,
    ),
    Rule(
        "too-few-examples",
        "There are fewer than 100 usable examples; training on so few seldom changes the answers.",
        (When("examples", "below", 100),),
        {"fine-tune": -1.0},
        QUALITY,
        forbids=("fine-tune", "rag+fine-tune"),
        figures=("how-many-rows",),
    ),
    Rule(
        "some-examples",
        "There are some hundred examples: enough for a trial, better over 1,000.",
        (When("examples", "at least", 100), When("examples", "below", 1_000)),
        {"fine-tune": 0.25},
        QUALITY,
        figures=("how-many-rows",),
    ),
    Rule(
        "many-examples",
        "There are more than a thousand examples.",
        (When("examples", "at least", 1_000), When("examples", "below", 5_000)),
        {"fine-tune": 0.75},
        QUALITY,
        figures=("how-many-rows", "quality-over-quantity"),
    ),
    Rule(
        "thousands-of-examples",
        "There are thousands of examples.",
        (When("examples", "at least", 5_000),),
        {"fine-tune": 1.0},
        QUALITY,
        figures=("how-many-rows", "quality-over-quantity"),
    ),
    Rule(
        "labels",
        "Few different answers over many rows: this is sorting into labels, which is learned from examples.",
        (When("examples_per_answer", "at least", 20), When("distinct_answers", "at most", 100)),
        {"fine-tune": 3.0},
        MEASUREMENT,
    ),
    Rule(
        "already-known",
        "The base model already answers most questions without help.",
        (When("closed_book", "at least", 0.7),),
        {"not yet": 3.0},
        MEASUREMENT,
    ),
    Rule(
        "context-helps",
        "With the right passage the base model does much better than without.",
        (When("context_gain", "at least", 0.2), When("closed_book", "below", 0.7)),
        {"rag": 3.0},
        MEASUREMENT,
        figures=("rare-facts",),
    ),
    Rule(
        "context-does-not-help",
        "Even with the right passage the answers are poor: the trouble is form, wording or the task.",
        (When("oracle_context", "below", 0.4),),
        {"fine-tune": 2.5},
        MEASUREMENT,
        figures=("train-for-rag",),
    ),
    Rule(
        "search-misses",
        "Search misses the document of more than half of the questions; mend that before trusting RAG.",
        (When("hit_at_k", "below", 0.5),),
        {"rag": -1.5},
        MEASUREMENT,
    ),
    Rule(
        "search-finds",
        "Search finds the right document for most questions.",
        (When("hit_at_k", "at least", 0.8),),
        {"rag": 1.0},
        MEASUREMENT,
    ),
    Rule(
        "answers-are-in-the-documents",
        "Most sampled answers are supported by a passage of the documents.",
        (When("answer_coverage", "at least", 0.6),),
        {"rag": 2.0},
        MEASUREMENT,
        figures=("rare-facts",),
    ),
    Rule(
        "answers-are-not-in-the-documents",
        "Hardly any sampled answer is supported by the documents.",
        (When("answer_coverage", "below", 0.2),),
        {"rag": -1.0},
        MEASUREMENT,
    ),
    Rule(
        "many-duplicates",
        "A third or more of the rows repeat another row.",
        (When("duplicate_share", "at least", 0.3),),
        {"fine-tune": -1.5},
        QUALITY,
        figures=("quality-over-quantity",),
    ),
    Rule(
        "contradictions",
        "A tenth or more of the rows contradict another row: the model would learn to waver.",
        (When("contradiction_share", "at least", 0.1),),
        {"fine-tune": -1.5},
        QUALITY,
        figures=("quality-over-quantity",),
    ),
    Rule(
        "documents-change",
        "A fifth or more of the documents changed between uploads.",
        (When("changed_share", "at least", 0.2),),
        {"rag": 2.0, "fine-tune": -2.0},
        CHANGING,
        figures=("forcing-facts",),
    ),
)

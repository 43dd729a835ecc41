"""Published figures the wizard may cite, each with its scope and source. Data; cited by rules."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """A finding of others: it holds for its scope, not for every model and trade."""

    finding: str
    figures: str
    scope: str
    source: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


FIGURES = {
    "new-facts": Figure(
        "New facts: RAG beats fine-tuning",
        "base .481, RAG .875, fine-tuned .504, fine-tuned on paraphrases .588, fine-tuned + RAG .810",
        "Mistral-7B, current events; unsupervised continued pre-training, 2023",
        "Ovadia et al., arXiv 2312.05934, table 2",
    ),
    "tuning-can-lower-rag": Figure(
        "Fine-tuning can lower RAG",
        "every fine-tuned + RAG cell of the table is below RAG alone",
        "7B models, current events; unsupervised continued pre-training, 2023",
        "Ovadia et al., arXiv 2312.05934, table 2",
    ),
    "both-add-up": Figure(
        "Both can add up",
        "fine-tuning more than +6 points, RAG a further +5; answer similarity 47 → 72 %",
        "agriculture, GPT-class models",
        "Balaguer et al., arXiv 2401.08406, abstract",
    ),
    "train-for-rag": Figure(
        "Train for RAG: question, right passage and distractors (RAFT)",
        "PubMed: RAG 58.8, fine-tuned 59.7, fine-tuned + RAG 71.6, RAFT 73.3; HotpotQA: .03, 6.4, 4.4, 35.3",
        "Llama2-7B",
        "Zhang et al., arXiv 2403.10131, table 1",
    ),
    "rare-facts": Figure(
        "Rare facts in small models",
        "StableLM2-1.6B: base 17.0, fine-tuned 21.8, RAG 76.1, both about 82; "
        "Mistral-7B: 21.5, 30.7, 80.3, 78.4",
        "ideal retrieval",
        "Soudani et al., arXiv 2403.01432",
    ),
    "forcing-facts": Figure(
        "Forcing new facts into a model hurts",
        "trained on unknown facts only: 37.5 at early stop, 25.8 at convergence",
        "one model, closed book",
        "Gekhman et al., arXiv 2405.05904",
    ),
    "quality-over-quantity": Figure(
        "Quality over quantity",
        "1,000 curated examples; no gain from 2,000 to 32,000 unfiltered",
        "65B",
        "Zhou et al. (LIMA), arXiv 2305.11206",
    ),
    "lora-learns-less": Figure(
        "LoRA learns less and forgets less",
        "below full fine-tuning on code and maths at about 100,000 pairs; keeps other skills",
        "7B",
        "Biderman et al., arXiv 2405.09673",
    ),
    "lora-settings": Figure(
        "LoRA settings",
        "adapt all linear layers; learning rate about 10 times that of full fine-tuning; small batches",
        "post-training scale",
        "Thinking Machines, as read in the TRL documentation",
    ),
    "qlora-memory": Figure(
        "QLoRA memory",
        "65B: over 780 GB → under 48 GB; double quantisation saves 0.37 bit a parameter",
        "65B on one GPU",
        "Dettmers et al., arXiv 2305.14314",
    ),
    "qlora-time": Figure(
        "QLoRA takes longer",
        "23:36 → 34:06 minutes (+44 %)",
        "a 7B model on one A100",
        "H2O LLM Studio documentation",
    ),
    "small-models-store-little": Figure(
        "Small models store few facts",
        "“does not have the capacity to store too much factual knowledge”; the Phi-4-mini card names RAG "
        "as the remedy",
        "Phi-3, Phi-4-mini",
        "Phi-3 report, arXiv 2404.14219; model card",
    ),
    "how-many-rows": Figure(
        "How many examples",
        "OpenAI: 10 at least, gains at 50-100; Vertex: start at 100; Unsloth: 100, better over 1,000; "
        "H2O: 1,000-50,000",
        "rules of thumb",
        "the products' documentation",
    ),
}

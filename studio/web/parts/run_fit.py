"""What a run will take, shown beside its form before it starts: memory, time, examples that are cut."""

from dataclasses import dataclass, fields

import streamlit as st

from studio.models.catalogue import ModelFolder, known_model
from studio.store.database import Workspace
from studio.training_sets.versions import VersionView
from studio.tuning.estimate import GB, Estimate, Memory
from studio.tuning.forecast import lengths
from studio.tuning.presets import TrainingSettings, total_steps
from studio.web.parts.run_plots import WIDEST, memory_plot
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import duration

METHOD_NAMES = {"lora": "LoRA", "qlora": "QLoRA"}
PURPOSES = {
    "weights": "base model",
    "adapter": "adapter",
    "activations": "steps kept",
    "logits": "word scores",
    "runtime": "program",
}


@dataclass(frozen=True)
class Plan:
    """What the form asks for at this moment; `method` may be auto."""

    version: VersionView
    model: ModelFolder
    method: str
    training: TrainingSettings

    @property
    def examples(self) -> int:
        """How many it trains on."""
        return max(1, round((self.version.examples - self.version.held_out) * self.training.share))


def verdict(room: Workspace, plan: Plan, expected: Estimate | None) -> bool:
    """Whether it fits, how long it takes, what is cut; False where the run cannot be started."""
    st.markdown("**What it will take** :small[(an estimate)]")
    if expected is None:
        st.info(
            f"The size of {escaped(plan.model.id)} is not known before it is downloaded, so nothing can be "
            "estimated. Choose the method under Advanced.",
            icon=":material/help:",
        )
    else:
        _method(plan, expected)
    _length_of_run(plan, expected)
    _cut(room, plan)
    if not plan.model.present:
        _download(plan.model)
    return expected is None or plan.method != "auto" or expected.method != "none"


def _method(plan: Plan, expected: Estimate) -> None:
    if expected.method == "none":
        st.error(escaped(f"It does not fit. {expected.why} {expected.change or ''}"), icon=":material/block:")
        return
    name = METHOD_NAMES[expected.method]
    chosen = expected.method if plan.method == "auto" else plan.method
    if chosen == "lora" and expected.method == "qlora":
        st.warning(
            escaped(f"LoRA is chosen, but only QLoRA would fit. {expected.why}"), icon=":material/warning:"
        )
        return
    st.markdown(f":green-badge[:material/check: {name} fits]")
    recomputed = " Activations are recomputed for it, which is slower." if plan.training.recompute else ""
    st.caption(escaped(expected.why + recomputed))


def memory_by_purpose(expected: Estimate) -> None:
    """Both methods beside what the machine has."""
    methods = {name: _parts(getattr(expected, key)) for key, name in METHOD_NAMES.items()}
    has = expected.available / GB
    said = "; ".join(f"{name} {sum(parts.values()):.1f} GB" for name, parts in methods.items())
    st.vega_lite_chart(
        spec=memory_plot(methods, has),
        alt=f"Memory by purpose: {said}. This machine has {has:.1f} GB.",
        key="runs_memory",
    )
    beyond = (
        "far beyond this plot" if has > WIDEST * max(sum(p.values()) for p in methods.values()) else "dashed"
    )
    st.caption(
        f"This machine has {has:.1f} GB ({beyond}); 15 % of them are left free. “Steps kept” is what every "
        "layer remembers of the examples until it has learned from them."
    )


def _parts(memory: Memory) -> dict[str, float]:
    return {PURPOSES.get(one.name, one.name): getattr(memory, one.name) / GB for one in fields(Memory)}


def _length_of_run(plan: Plan, expected: Estimate | None) -> None:
    steps = total_steps(plan.examples, plan.training)
    time = duration(expected.seconds) if expected and expected.seconds else "not known"
    with st.grid(2, min_column_width=110, gap="small"):
        st.metric("Time", f"≈ {time}" if expected and expected.seconds else time)
        st.metric("Steps", f"{steps:,}")
    if expected and expected.reckoning:
        st.caption(escaped(expected.reckoning))


def _cut(room: Workspace, plan: Plan) -> None:
    """How long the examples are, and what would be cut, before anything starts."""
    seen = lengths(room, plan.model, plan.version.id, plan.training.max_length)
    if seen.cut or seen.left_out:
        lost = " The end of a cut answer is not learned." if seen.cut else ""
        st.warning(escaped(seen.sentence) + lost, icon=":material/content_cut:")
    else:
        st.markdown(f":green[:material/check:] {escaped(seen.sentence)}")
    st.caption(
        f"Half of them have up to {seen.p50:,} tokens, 95 % up to {seen.p95:,}. A token is a word or a part "
        "of one."
    )


def _download(model: ModelFolder) -> None:
    known = known_model(model.id)
    size = f" (about {known.parameters * 2:.1f} GB)" if known else ""
    st.caption(f":material/download: It is not on this machine yet and is downloaded first{size}.")

from dataclasses import replace

from studio.advice.answers import Answers
from studio.advice.costs import Facts, costs
from studio.advice.here import facts_of
from studio.advice.method import advise_method
from studio.advice.recommend import recommend
from studio.advice.signals import Signals
from studio.tuning.estimate import GB, Host


def best(gb, gpu="A GPU"):
    return advise_method(Host(gb * GB, gpu)).best


def test_a_large_gpu_trains_the_largest_model_by_lora():
    assert best(80).model.parameters > 10
    assert best(80).estimate.method == "lora"


def test_a_middling_gpu_trains_a_large_model_by_qlora():
    assert best(16).model.parameters > 3
    assert best(16).estimate.method == "qlora"


def test_where_nothing_fits_the_numbers_are_shown():
    advice = advise_method(Host(1 * GB, "A GPU"))
    assert advice.best is None
    assert "1 GB" in advice.text


def test_without_a_gpu_time_decides():
    assert best(64, None).model.parameters < 1
    assert "days without a GPU" in advise_method(Host(64 * GB)).text


def test_upkeep_counts_the_trainings_of_a_year():
    found = {one.way: one for one in costs(Facts(examples=500, training_seconds=600, facts_change="weekly"))}
    assert "52 trainings a year, about 8.7 hours" in found["fine-tune"].upkeep
    assert "training" not in found["rag"].upkeep


def test_prompts_with_passages_train_longer():
    found = {one.way: one for one in costs(Facts(3, 500, training_seconds=600, tokens_an_example=200))}
    assert "10 minutes" in found["fine-tune"].build
    assert "40 minutes" in found["rag+fine-tune"].build


def test_after_a_pilot_an_answer_takes_what_it_took_there():
    took = {"base": {"seconds_per_answer": 0.9}, "rag+fine-tuned": {"seconds_per_answer": 3.04}}
    found = replace(recommend(Answers(), Signals(examples=500)), pilot={"approaches": took})
    ways = {one.way: one.answer for one in costs(facts_of(found))}
    assert ways["not yet"] == "About 0.9 s, measured here."
    assert ways["rag+fine-tune"] == "About 3.0 s, measured here."
    assert ways["rag"] == "Not measured yet."

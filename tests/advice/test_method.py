from studio.advice.method import advise_method


def test_lora_is_chosen_when_it_fits_with_something_to_spare():
    assert advise_method(3.8, 24).method == "lora"


def test_qlora_is_chosen_when_only_it_fits():
    assert advise_method(3.8, 8).method == "qlora"


def test_nothing_fits_a_tiny_gpu_and_the_numbers_are_shown():
    advice = advise_method(14, 6)
    assert advice.method == "none"
    assert f"{advice.qlora_gb:g} GB" in advice.text


def test_no_gpu_means_a_small_model_by_lora():
    assert advise_method(0.135, 0).method == "lora"

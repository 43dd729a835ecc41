"""Which encoding a file was written in, told by the letters its bytes would be."""

import pytest

from studio.errors import BadInput
from studio.training_sets.reading import open_table

WRITTEN = [
    ("cp1252", "Où est la gare? Très bien, merci. Ça va à l'hôtel."),
    ("cp1252", "Wie heißt er? Jürgen Müller, schöne Straße."),
    ("cp1252", "¿Cómo está usted? Mañana será otro día."),
    ("cp1252", "Perché è così? La città è più bella."),
    ("cp1252", "Hva er klokka på lørdag? Være så snill."),
    ("cp1250", "Kde je nejbližší nádraží? Děkuji, můžete mi říct."),
    ("cp1250", "Koľko to stojí? Ďakujem, môžete mi to povedať, neviem čo."),
    ("cp1250", "Nie mogę się zalogować. Ile kosztuje przesyłka?"),
    ("cp1250", "Mennyibe kerül? Köszönöm, őrült űrhajós."),
    ("cp1251", "Сколько это стоит? Спасибо, где вокзал?"),
    ("cp1253", "Πόσο κοστίζει, παρακαλώ, πού είναι ο σταθμός"),
    ("cp1254", "Teşekkür ederim, istasyon nerede? Çok güzel, ığdır."),
    ("cp1257", "Ačiū, kur yra stotis? Ąžuolas, šešėlis į."),
    ("iso8859-2", "Příliš žluťoučký kůň úpěl ďábelské ódy."),
    ("cp852", "Příliš žluťoučký kůň úpěl ďábelské ódy."),
    ("koi8-r", "Сколько это стоит? Спасибо, где вокзал?"),
    ("mac-roman", "Où est la gare? Très bien, merci. Ça va à l'hôtel."),
    ("shift_jis", "これはいくらですか。ありがとうございます。駅はどこですか。"),
    ("gb18030", "这个多少钱?谢谢,车站在哪里?我想知道如何登录账户。"),
]


@pytest.fixture
def opened(tmp_path):
    def of(data):
        (tmp_path / "t.csv").write_bytes(data)
        return open_table(tmp_path / "t.csv", "t.csv")

    return of


@pytest.mark.parametrize(("codec", "text"), WRITTEN)
def test_the_letters_come_out_right(opened, codec, text):
    assert opened(f"text;label\n{text};x\n".encode(codec)).first(1) == [[text, "x"]]


def test_one_damaged_line_does_not_turn_a_utf8_file_into_another(opened):
    good = "Žluťoučký kůň?;Ďábelské ódy.\n".encode() * 20
    with pytest.raises(BadInput, match=r"Line 22 of t.csv is not UTF-8 although the rest is"):
        opened(b"question;answer\n" + good + b"\xe8;x\n")


def test_what_is_no_text_is_refused(opened):
    with pytest.raises(BadInput, match=r"NUL|neither UTF-8"):
        opened(b"q;a\n" + bytes(range(256)) * 20)


def test_a_character_cut_by_the_end_of_a_chunk_is_no_fault(opened):
    text = "q;a\n" + "x" * ((1 << 20) - 5) + "ěščř;b\n"
    assert opened(text.encode()).encoding == "utf-8"

# SPDX-License-Identifier: Apache-2.0
"""Each register's, bank's and card's number is one if its check digit is right, however it is parted, and else none."""

from __future__ import annotations

import pytest

from moderation.test_identity import found

SURE = 0.95
REGISTERS = [
    ("my ssn is {}", "536-90-4399", "000-90-4399"),
    ("my ssn is {}", "536.90.4399", "000.90.4399"),
    ("nhs number {}", "943 476 5919", "943 476 5918"),
    ("NI number {}", "AB123456C", "BG123456C"),
    ("meine Steuer-ID {}", "86095742719", "86095742718"),
    ("Versichertennummer {}", "A123456780", "A123456781"),
    ("numéro de sécu {}", "1 85 05 78 006 084 91", "1 85 05 78 006 084 92"),
    ("mi dni {}", "12345678Z", "12345678A"),
    ("mi dni {}", "12 345 678 Z", "12 345 678 A"),
    ("mi nie {}", "X-1234567-L", "X-1234567-M"),
    ("contribuinte {}", "123 456 789", "123 456 788"),
    ("cpf {}", "111.444.777-35", "111.444.777-36"),
    ("cpf {}", "111 444 777 35", "111 444 777 36"),
    ("my sin is {}", "130 692 544", "130 692 545"),
    ("my tfn is {}", "123 456 782", "123 456 781"),
    ("pps {}", "6433435F", "6433435E"),
    ("codice fiscale {}", "RCCMNL83S18D969H", "RCCMNL83S18D969I"),
    ("bsn {}", "111222333", "111222334"),
    ("registre national {}", "85.07.30-033.28", "85.07.30-033.29"),
    ("ahv {}", "756.9217.0769.85", "756.9217.0769.84"),
    ("svnr {}", "1237 010180", "1238 010180"),
    ("curp {}", "BOXW310820HNERXN09", "BOXW310820HNERXN08"),
    ("rut {}", "12.531.909-2", "12.531.909-3"),
    ("aadhaar {}", "2341 2341 2346", "2341 2341 2347"),
    ("pesel {}", "44051401359", "44051401358"),
]


def kinds(text, **more):
    return [each.detector.removeprefix("identity.") for each in found(text, **more)]


@pytest.mark.parametrize(("said", "number", "wrong"), REGISTERS)
def test_a_number_of_a_register_is_one_by_its_check_digit(said, number, wrong):
    assert [(each.detector, each.confidence) for each in found(said.format(number))] == [("identity.national_id", SURE)]
    assert [each for each in found(said.format(wrong)) if each.confidence >= SURE] == []


@pytest.mark.parametrize(
    "number",
    [
        *("4111 1111 1111 1111", "4111-1111-1111-1111", "4111.1111.1111.1111", "4111_1111_1111_1111"),
        *(
            "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
            "my card: 4111\n1111\n1111\n1111",
            "5500005555555559",
            "3782 822463 10005",
        ),
    ],
)
def test_a_card_in_any_groups(number):
    assert kinds(number) == ["card"]


@pytest.mark.parametrize(
    "number",
    [
        "4111 1111 1111 1112",  # its sum is wrong
        "1234567812345670",  # nobody gives out such ones
        "4" * 17,
        "4111\n1111\n1111\n1111",  # four days of something
    ],
)
def test_what_only_has_as_many_digits_is_no_card(number):
    assert "card" not in kinds(number)


@pytest.mark.parametrize(
    "number",
    [
        *("DE89 3704 0044 0532 0130 00 please", "de89370400440532013000", "DE89-3704-0044-0532-0130-00"),
        *(
            "GB29.NWBK.6016.1331.9268.19",
            "D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0",
            "DE89\n3704\n0044\n0532\n0130\n00",
        ),
        *(
            "FR14 2004 1010 0505 0001 3M02 606 is hers",
            "ＤＥ８９ 3704 0044 0532 0130 00",
            "DE 89 3704 0044 0532 0130 00",
        ),
    ],
)
def test_an_account_in_any_groups(number):
    assert kinds(f"send it to {number}") == ["iban"]


@pytest.mark.parametrize(
    "text",
    [
        "DE89 3704 0044 0532 0130 01",
        "de 20 mg a 40 mg en 2 dias y luego 10 mg por 5 dias y 5 mg",
        "in 20 days i had 14 hypos 12 highs 33 lows 44 fine",
    ],
)
def test_what_only_begins_like_an_account_is_none(text):
    assert "iban" not in kinds(text)


def test_what_has_no_check_digit_goes_by_its_name():
    assert kinds("sort code 12-34-56") == ["bank"]
    assert kinds("Kontonummer ist 12345678901") == ["bank"]
    assert kinds("passport, the new one, C01X00T47") == ["national_id"]
    assert kinds("my MRN is 4456123") == ["national_id"]
    assert kinds("kilos 12-34-56, and 12345678901 cells") == []

"""A workbook of a made-up tool shop, and questions about it with the words a right passage must hold."""

from datetime import date, timedelta
from pathlib import Path

import openpyxl

_NAMES = {
    "Drill": ("Boreas 400", "Boreas 650", "Fjord 12V", "Fjord 18V", "Kestrel Mini", "Kestrel Pro"),
    "Saw": ("Lynx 165", "Lynx 190", "Marten Jig", "Otter Band", "Puma Mitre"),
    "Sander": ("Quartz Disc", "Quartz Belt", "Ripple Palm"),
    "Grinder": ("Sable 115", "Sable 125", "Sable 230", "Tundra Bench"),
    "Vacuum": ("Vireo 20L", "Vireo 30L"),
}
_PRICES = (
    *(89.9, 129.5, 74.0, 159.0, 49.9, 219.0),
    *(99.9, 139.0, 64.5, 349.0, 279.0),
    *(58.0, 112.0, 39.9),
    *(54.9, 62.5, 118.0, 187.0),
    *(95.0, 149.0),
)
_STOCK = (14, 6, 0, 22, 31, 3, 17, 9, 25, 2, 4, 19, 7, 40, 28, 12, 5, 8, 11, 1)
_CITIES = ("Oslo", "Bergen", "Tromsø", "Oslo", "Bergen", "Oslo")
_CUSTOMERS = ("Nordlys AS", "Havn Bygg", "Fjell Verksted", "Skog og Hage", "Brygge Service")
_STAFF = (
    ("Ingrid Solberg", "Sales", "Oslo", 52300, date(2015, 3, 2)),
    ("Jonas Lie", "Sales", "Bergen", 47800, date(2019, 8, 19)),
    ("Kari Moen", "Workshop", "Oslo", 45100, date(2012, 1, 16)),
    ("Lars Dahl", "Workshop", "Tromsø", 43900, date(2021, 5, 3)),
    ("Mona Berg", "Workshop", "Bergen", 44700, date(2018, 11, 12)),
    ("Nils Aas", "Stores", "Oslo", 38900, date(2023, 2, 6)),
    ("Oda Vik", "Stores", "Bergen", 39400, date(2022, 9, 1)),
    ("Per Holm", "Accounts", "Oslo", 56200, date(2010, 6, 14)),
    ("Randi Strand", "Accounts", "Oslo", 49600, date(2020, 10, 5)),
    ("Stein Hauge", "Sales", "Tromsø", 46500, date(2024, 4, 15)),
)


def write_workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    products = [(name, kind) for kind, names in _NAMES.items() for name in names]
    listed = [(*product, *rest) for product, *rest in zip(products, _PRICES, _STOCK, strict=True)]
    _sheet(book, "Products", ["Product", "Category", "Price", "Stock"], listed)
    _sheet(book, "Orders", ["Order", "Customer", "City", "Quantity", "Ordered"], _orders())
    _sheet(book, "Staff", ["Name", "Department", "City", "Salary", "Joined"], _STAFF)
    book.save(path)
    return path


def _orders() -> list[tuple[str, str, str, int, date]]:
    first = date(2026, 1, 8)
    return [
        (f"SO-{2000 + n}", _CUSTOMERS[n % 5], _CITIES[n % 6], 1 + n * 7 % 11, first + timedelta(days=5 * n))
        for n in range(30)
    ]


def _sheet(book: openpyxl.Workbook, name: str, header: list[str], rows: object) -> None:
    sheet = book.create_sheet(name)
    sheet.append([f"{name} of the shop, 2026"])
    sheet.append(header)
    for row in rows:  # type: ignore[attr-defined]
        sheet.append(row)


# (question, sheet, patterns that one found passage of that sheet must hold together)
QUESTIONS = (
    ("How many products are in the list?", "Products", ("20 rows",)),
    ("Which product is the cheapest?", "Products", ("Ripple Palm", "39.9")),
    ("What is the most expensive tool?", "Products", ("Otter Band", "349")),
    ("What is the average price of a product?", "Products", ("126.45",)),
    ("How many saws do we sell?", "Products", ("Saw:? 5",)),
    ("How many pieces are in stock altogether?", "Products", ("264",)),
    ("Which product is sold out, with a stock of 0?", "Products", ("Fjord 12V", "0")),
    ("What does the Kestrel Pro cost?", "Products", ("Kestrel Pro", "219")),
    ("Which is the cheapest grinder?", "Products", ("Sable 115", "54.9")),
    ("What is the average price of drills?", "Products", ("Drill", "120.22")),
    ("How many categories of products are there?", "Products", ("5 different",)),
    ("How many sanders are in stock in total?", "Products", ("Sander", "total 66|Sander 66")),
    ("How many orders are there?", "Orders", ("30 rows",)),
    ("What is the total quantity ordered?", "Orders", ("182",)),
    ("How many orders came from Bergen?", "Orders", ("Bergen:? 10",)),
    ("What quantity was ordered in Tromsø altogether?", "Orders", ("Tromsø", "total 33|Tromsø 33")),
    ("When was the first order placed?", "Orders", ("2026-01-08",)),
    ("When was the most recent order?", "Orders", ("2026-06-02",)),
    ("How many orders were placed in March 2026?", "Orders", ("March 2026 6",)),
    ("Which customer placed order SO-2013?", "Orders", ("SO-2013", "Skog og Hage")),
    ("How many orders did Nordlys AS place?", "Orders", ("Nordlys AS:? 6",)),
    ("What is the largest quantity in one order?", "Orders", ("highest", "11")),
    ("What is the total quantity ordered in May 2026?", "Orders", ("May 2026 43",)),
    ("How many people work in the shop?", "Staff", ("10 rows",)),
    ("Who earns the highest salary?", "Staff", ("Per Holm", "56200")),
    ("What is the sum of all salaries?", "Staff", ("464400",)),
    ("Who joined first?", "Staff", ("Per Holm", "2010-06-14")),
    ("How many employees are in the Workshop department?", "Staff", ("Workshop:? 3",)),
    ("What is the average salary in Accounts?", "Staff", ("Accounts", "52900")),
    ("In which department does Oda Vik work?", "Staff", ("Oda Vik", "Stores")),
)

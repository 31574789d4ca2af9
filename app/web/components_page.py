"""Examples of every component in every state, for the development page and its tests."""

from __future__ import annotations

from markupsafe import Markup

from app.web.parts import Cell, Conflict, Link, Option, Problem, Question, ReferenceRow, SummaryRow, Task

LONG_QUESTION = (
    "Has your economy adopted an economy-wide strategy, policy or action plan for artificial intelligence "
    "that names responsible institutions, a budget, measurable targets and a date for review?"
)
LONG_ECONOMY = "Hong Kong, China"
LONG_COMMENT = (
    "The plan was adopted in March and is being revised. The budget line is shared with the digital economy programme, "
    "so the amount for artificial intelligence alone cannot be given yet."
)


def component_examples() -> dict[str, object]:
    """The context of components.html, apart from the page's frame."""
    return {
        "problems": [
            Problem("Choose a level, or say why there is no answer", "#10102-01"),
            Problem("Enter a whole number of people, such as 1200", "#people"),
        ],
        "options": [
            Option("online", "Online", "A secure link is sent to your colleague."),
            Option("paper", "On paper"),
            Option("both", "Both, because some ministries cannot receive links from outside"),
        ],
        "ticks": [
            Option("law", "A law"),
            Option("strategy", "A strategy or action plan", "Adopted by cabinet or an equal body."),
            Option("none", "None of these", is_exclusive=True),
        ],
        "economies": [Option("BN", "Brunei Darussalam"), Option("HKC", LONG_ECONOMY), Option("PNG", "Papua New Guinea")],
        "tasks": _tasks(),
        "summary_rows": _summary_rows(),
        "step_list": [
            "Your coordinator reads the review.",
            "The approver signs it off for your economy.",
            "Scores are calculated, and you decide what to share.",
        ],
        "table_headers": ["Economy", "Score", "Answered", "Last change"],
        "table_rows": [
            [Cell("Brunei Darussalam", "#"), "62.4", "48 of 50", "3 Nov 2026"],
            [Cell(LONG_ECONOMY, "#"), "71.0", "50 of 50", "28 Oct 2026"],
            [Cell("Papua New Guinea"), None, "12 of 50", "1 Sep 2026"],
        ],
        "downloads": [Link("Table (CSV)", "#csv"), Link("Picture (SVG)", "#svg")],
        "questions": _questions(),
    }


def _tasks() -> list[Task]:
    return [
        Task("Strategy and governance", "Complete", "done", "#governance", "8 of 8 questions"),
        Task("Data and infrastructure", "In progress", "progress", "#data", "5 of 12 questions. Ana Torres is working here."),
        Task("Skills and work", "Not started", "todo", "#skills"),
        Task(LONG_QUESTION, "2 problems", "problem", "#problems"),
        Task("Review of 2026", "Waiting for sign-off", "waiting", "#waiting"),
        Task("Sign off for your economy", "Cannot start yet", "locked", hint="All sections must be complete first."),
    ]


def _summary_rows() -> list[SummaryRow]:
    return [
        SummaryRow("Economy", "Brunei Darussalam"),
        SummaryRow(LONG_QUESTION, LONG_COMMENT, "Change", "#change"),
        SummaryRow("Evidence", "https://example.org/a/very/long/path/to/the/strategy-of-2026.pdf", "Change", "#evidence"),
        SummaryRow("Is there one coordinating body?", "No answer yet", "Answer", "#blank", is_blank=True),
        SummaryRow(
            "Is there a public register?",
            "Yes",
            comment=LONG_COMMENT,
            evidence_url="https://example.org/a/very/long/path/to/the/register-of-2026.html",
        ),
    ]


def _questions() -> list[Question]:
    return [
        *_maturity_questions(),
        *_list_questions(),
        *_typed_questions(),
        *_settled_questions(),
    ]


def _levels(checked: str = "") -> list[Option]:
    descriptors = [
        "Nothing is in place and nothing is planned.",
        "A first draft exists. Responsibilities have been discussed between ministries but are not yet agreed.",
        "A strategy is adopted. It names responsible institutions, but has no budget of its own.",
        "The strategy has a budget, targets and a yearly public report; most actions are under way.",
        "The strategy is evaluated independently and renewed; lessons are shared with other economies.",
    ]
    return [Option(str(n), f"Level {n}", text, str(n) == checked) for n, text in enumerate(descriptors, start=1)]


def _yes_no(checked: str = "") -> list[Option]:
    return [Option(value, label, checked=value == checked) for value, label in (("yes", "Yes"), ("no", "No"))]


def _maturity_questions() -> list[Question]:
    return [
        Question(
            "10101.01",
            LONG_QUESTION,
            "maturity",
            why="A shared plan helps ministries to act together.",
            help_html=Markup("<p>Count a plan that covers the whole economy. A plan of one ministry is level 2.</p>"),
            example="The digital master plan 2026 to 2030, chapter 4.",
            is_core=True,
            options=_levels(),
            evidence_hint="A public link to the plan. Needed from level 3 upwards.",
        ),
        Question(
            "10101.02",
            "How far is the strategy carried out?",
            "maturity",
            options=_levels("3"),
            choice="3",
            comment=LONG_COMMENT,
            evidence_url="https://example.org/strategy",
            seen=4,
            saved_by="Saved by Ana Torres, 3 Nov 2026 14:02 UTC",
        ),
        Question(
            "10102.01",
            "How are public bodies prepared to buy artificial intelligence?",
            "maturity",
            options=_levels(),
            error="Choose a level, or say why there is no answer",
        ),
        Question(
            "10102.02",
            "How is the use of artificial intelligence in public services reviewed?",
            "maturity",
            options=_levels("4"),
            choice="4",
            seen=6,
            conflict=Conflict(
                "Nguyen Thi Minh Khai",
                "3 Nov 2026 14:02 UTC",
                "Level 3. A strategy is adopted. It names responsible institutions, but has no budget of its own.",
                LONG_COMMENT,
                "Level 4. The strategy has a budget, targets and a yearly public report.",
                "",
            ),
            error="Choose which answer to keep",
        ),
    ]


def _list_questions() -> list[Question]:
    return [
        Question(
            "10103",
            "Is there one body that coordinates policy on artificial intelligence?",
            "yes_no",
            options=_yes_no(),
            choice="~not_applicable",
            field_errors={"reason": "Say in one sentence why this does not apply"},
        ),
        Question(
            "10104",
            "Which body leads?",
            "choice",
            na_allowed=False,
            options=[
                Option("centre", "The office of the head of government", checked=True),
                Option("ministry", "One ministry"),
                Option("council", "A council of several ministries, with members from business and universities"),
            ],
            choice="centre",
            seen=1,
        ),
        Question(
            "10105",
            "Which of these has your economy adopted?",
            "checklist",
            options=[
                Option("law", "A law on the use of artificial intelligence", checked=True),
                Option("rules", "Rules for public procurement", "Binding on all public bodies.", checked=True),
                Option("ports", "Rules for ports and ships"),
                Option("none", "None of these", is_exclusive=True),
            ],
            left_out=[
                Option("law", "A law on the use of artificial intelligence"),
                Option("ports", "Rules for ports and ships", checked=True),
            ],
            options_reason="Our economy has no coast.",
            seen=2,
        ),
        Question(
            "10106",
            "Which groups were consulted?",
            "checklist",
            options=[Option("business", "Business"), Option("workers", "Workers and their unions")],
            choice="~declined",
            seen=2,
        ),
    ]


def _typed_questions() -> list[Question]:
    return [
        Question("10201", "What share of public services can be used fully online?", "percent", value="62,5", seen=1),
        Question(
            "10202",
            "How many people work in the coordinating body?",
            "number",
            value="about a dozen",
            unit="people",
            field_errors={"value": "Enter a whole number, such as 12", "evidence_url": "Enter a link that starts with https://"},
            evidence_url="example",
        ),
        Question("10203", "What would help your economy most in the next two years?", "text", choice="~not_available"),
        Question(
            "10204",
            "Check these published figures about your economy",
            "reference",
            why="They are shown beside your scores. Add a comment if one of them is out of date.",
            reference_rows=[
                ReferenceRow(
                    "People using the internet, percent", "98.1", "2024", "International Telecommunication Union", "#itu"
                ),
                ReferenceRow("Public services online, index from 0 to 1", "0.74", "2025", "World Bank, GovTech Maturity Index"),
            ],
        ),
    ]


def _settled_questions() -> list[Question]:
    return [
        Question(
            "10301",
            "How far is the strategy carried out?",
            "maturity",
            options=_levels("3"),
            choice="3",
            comment=LONG_COMMENT,
            evidence_url="https://example.org/strategy",
            is_read_only=True,
            saved_by="Saved by Ana Torres, 3 Nov 2026 14:02 UTC",
        ),
        Question(
            "10302",
            "Is there a public register of systems in use?",
            "yes_no",
            options=_yes_no(),
            choice="~not_applicable",
            reason="Public bodies do not run such systems yet.",
            is_read_only=True,
        ),
        Question("10303", "How much was spent last year?", "number", unit="million US dollars", is_read_only=True),
    ]

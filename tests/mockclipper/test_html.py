# suite: deep
"""The HTML reports of check and bench in a headless Chromium, used as a person would: with mouse, keyboard, filters."""

import html.parser
import os
import tempfile

import browser
from kit import CONTAINER, check, odd, run
from tap import PYTHON, ROOT, Skip, contains, equal, main, test

HOSTILE = [PYTHON, os.path.join(ROOT, "tests", "mockclipper", "hostile_text.py"), "</script><img src=x onerror=alert(2)>"]
CHROMIUM = browser.find()
FOLDER = tempfile.TemporaryDirectory()
VISIBLE = "[...document.querySelectorAll('article:not([hidden]) .case code')].map((node) => node.textContent)"
FOCUSED = "document.activeElement"

state = {}


def write_report(name, *arguments, command):
    path = os.path.join(FOLDER.name, name)
    if not os.path.exists(path):
        status, _, err = check(*arguments, "--report", "html=" + path, command=command)
        if status not in (0, 1):
            raise AssertionError("status %d: %s" % (status, err))
    return path


def mixed_report():
    """Some of everything, for each type and for none."""
    return write_report("mixed.html", "--model", "sum", "--strict", "--scenario", "prediction/one-item", "--scenario",
                        "registration/f*", "--scenario", "process/*", "--skip", "process/sig*", command=odd("wrong-sum"))


def hostile_report():
    return write_report("hostile.html", "--scenario", "registration/fields", "--scenario", "prediction/one-item:doubles",
                        command=HOSTILE)


def opened(path, fragment=""):
    """The page at PATH, loaded anew."""
    if CHROMIUM is None:
        raise Skip("needs chromium")
    if "page" not in state:
        state["page"] = browser.Browser(CHROMIUM)
    page = state["page"]
    page.problems.clear()
    page.requests.clear()
    page.resize(1200, 900)
    page.prefer("light")
    page.open(path, fragment)
    return page


def calm(page, path):
    """Nothing went wrong in the page, and it asked for nothing but itself."""
    equal(page.problems, [])
    equal([request for request in page.requests if not request.startswith(("file://" + path, "data:", "about:"))], [])


def focus_first(page, selector):
    page.run("document.querySelector(%r).focus()" % selector)


# ---- What is shown -----------------------------------------------------------------------------------------

@test
def it_renders_without_errors_or_requests():
    path = mixed_report()
    page = opened(path)
    equal(page.run("document.title === 'mockclipper: ' + report.headline && /^not conformant: \\d+ fail/.test(report.headline)"),
          True)
    equal(page.run(VISIBLE + ".length"), page.run("report.cases.length"))
    equal(page.run("document.getElementById('shown').textContent"),
          "%d of %d cases" % (page.run("cases.length"), page.run("cases.length")))
    calm(page, path)


@test
def the_matrix_has_a_row_for_each_family_and_a_column_for_each_type():
    page = opened(mixed_report())
    text = page.run("[...document.querySelectorAll('#matrix tr')].map((row) => [...row.cells].map((cell) => cell.innerText.trim()))")
    equal(text[0], ["family", "any type", "bytes", "ints", "floats", "doubles", "strings", "all"])
    equal([row[0] for row in text[1:]], ["registration", "prediction", "process", "all"])
    equal("fail" in text[2][5], True, "verdicts are words, not only colours: %r" % text[2])


@test
def everything_of_a_failure_is_there():
    path = mixed_report()
    page = opened(path, "#prediction/one-item:doubles")
    text = page.run("document.querySelector('article .opened:not([hidden])').innerText")
    contains(text, "PRED-12", "MUST", "expected", "actual", "Repeat", "--scenario prediction/one-item:doubles", "Conversation",
             "prediction request 1000", "prediction response 1000", "passes", "fails")
    calm(page, path)


@test
def messages_open_to_decoded_frames_and_hex():
    page = opened(mixed_report(), "#prediction/one-item:doubles")
    page.run("[...document.querySelectorAll('button.message')].filter((b) => / new container|request/.test(b.textContent))"
             ".forEach((b) => b.click())")
    text = page.run("[...document.querySelectorAll('.frames')].map((table) => table.innerText).join('\\n')")
    contains(text, "model name", '"kit-model"', "03 00 00 00", "version tag", "request type", "0: prediction", "item 0",
             "input type", '"3": doubles', "data type 3 (doubles), n = 1, sizes ")


@test
def every_case_opens_and_every_message_too():
    path = mixed_report()
    page = opened(path)
    page.run("document.querySelectorAll('button.case').forEach((b) => b.click())")
    page.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.run("document.querySelectorAll('button.message').forEach((b) => b.click())")
    equal(page.run("document.querySelectorAll('article .opened .part').length > cases.length"), True)
    equal(page.run("[...document.querySelectorAll('button.message')].every((b) => b.nextSibling.querySelector('.frames'))"), True)
    calm(page, path)


# ---- Filters -----------------------------------------------------------------------------------------------

@test
def filters_by_verdict_family_type_and_text():
    page = opened(mixed_report())
    page.run("document.querySelector('#verdicts [data-verdict=fail]').click()")
    shown = page.run("cases.filter((c) => !c.node.hidden).map((c) => c.one.verdict)")
    equal(set(shown), {"fail"})
    equal(len(shown), page.run("report.counts.fail"))
    equal(page.run("document.querySelector('#verdicts [data-verdict=fail]').getAttribute('aria-pressed')"), "true")
    page.run("filterBy({verdict: '', family: 'prediction', type: 'ints'})")
    equal(page.run(VISIBLE), ["prediction/one-item:ints"])
    page.run("filterBy({family: '', type: ''})")
    focus_first(page, "#text")
    page.type("prediction doubles")
    equal(page.run(VISIBLE), ["prediction/one-item:doubles"])
    page.type(" nonsense")
    equal(page.run(VISIBLE), [])
    page.run("document.querySelector('#filters [type=reset]').click(), new Promise((done) => setTimeout(done, 20))")
    equal(page.run(VISIBLE + ".length"), page.run("cases.length"))


# ---- The keyboard ------------------------------------------------------------------------------------------

@test
def the_keyboard_opens_cases_and_messages():
    page = opened(mixed_report())
    focus_first(page, "button.case")
    page.press("Enter")
    equal(page.run(FOCUSED + ".getAttribute('aria-expanded')"), "true")
    page.press(" ")
    equal(page.run(FOCUSED + ".getAttribute('aria-expanded')"), "false")
    page.press("ArrowDown")
    equal(page.run(FOCUSED + " === document.querySelectorAll('button.case')[1]"), True)
    page.press("End")
    equal(page.run(FOCUSED + " === [...document.querySelectorAll('button.case')].pop()"), True)
    page = opened(mixed_report(), "#prediction/one-item:doubles")
    focus_first(page, "button.message")
    page.press("ArrowDown")
    page.press("Enter")
    equal(page.run(FOCUSED + ".nextSibling.querySelectorAll('.frames').length"), 1)


@test
def arrow_keys_move_in_the_matrix():
    page = opened(mixed_report())
    equal(page.run("document.querySelectorAll('#matrix td[tabindex=\"0\"]').length"), 1, "one stop for Tab")
    focus_first(page, "#matrix td[tabindex='0']")
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        page.press(key)
    equal(page.run("[%s.dataset.family, %s.dataset.type]" % (FOCUSED, FOCUSED)), ["prediction", "ints"])
    page.press("Enter")
    equal(page.run(VISIBLE), ["prediction/one-item:ints"])
    equal(page.run(FOCUSED + ".id"), "cases-title")
    equal(page.run("document.querySelector('#matrix td[aria-selected=true]').dataset.type"), "ints")


@test
def tab_goes_through_the_page_and_the_focus_is_seen():
    page = opened(mixed_report())
    stops = []
    for _ in range(14):
        page.press("Tab")
        stops.append(page.run("[%s.id || %s.className || %s.tagName, getComputedStyle(%s).outlineStyle]" % ((FOCUSED,) * 4)))
    names = [name for name, _ in stops]
    for earlier, later in (("jump", "theme"), ("theme", "text"), ("text", "verdict"), ("verdict", "family")):
        equal(names.index(earlier) < names.index(later), True, names)
    equal({outline for _, outline in stops} - {"solid", "auto"}, set(), stops)


# ---- Looks -------------------------------------------------------------------------------------------------

@test
def light_and_dark_follow_the_system_and_the_button():
    page = opened(mixed_report())
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.run(paper)
    page.prefer("dark")
    dark = page.run(paper)
    equal(light != dark, True)
    page.run("document.getElementById('theme').click()")
    equal(page.run(paper), light)
    page.prefer("light")
    page.run("document.getElementById('theme').click()")
    equal(page.run(paper), dark)


@test
def nothing_is_wider_than_the_page():
    page = opened(mixed_report(), "#prediction/one-item:doubles")
    page.run("document.querySelectorAll('button.message').forEach((b) => b.click())")
    for width in (1200, 700, 360):
        page.resize(width, 800)
        equal(page.run("document.documentElement.scrollWidth <= innerWidth"), True, width)


@test
def text_stands_out_from_its_background():
    page = opened(mixed_report())
    worst = """(() => {
        const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
        const light = (rgb) => rgb.match(/[\\d.]+/g).slice(0, 3).map(Number).map(channel)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        const behind = (node) => { for (; node; node = node.parentElement) { const c = getComputedStyle(node).backgroundColor;
            if (!/, 0\\)$/.test(c)) return c; } return "rgb(255, 255, 255)"; };
        return Math.min(...[...document.querySelectorAll(".badge, .title, .summary, .hint, dt, dd, code, .took, cite, .note, .label")]
            .map((node) => { const [a, b] = [light(getComputedStyle(node).color), light(behind(node))].sort((x, y) => y - x);
                             return (a + 0.05) / (b + 0.05); })); })()"""
    for scheme in ("light", "dark"):
        page.prefer(scheme)
        page.run("document.querySelector('button.case[aria-expanded=false]').click()")
        equal(page.run(worst) >= 4.5, True, "contrast in %s: %s" % (scheme, page.run(worst)))


# ---- Hostile text ------------------------------------------------------------------------------------------

class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, tuple(name for name, _ in attributes)))


@test
def the_file_has_the_same_elements_whatever_a_container_writes():
    tags = []
    for path in (mixed_report(), hostile_report()):
        parser = Tags()
        with open(path, encoding="utf-8") as file:
            parser.feed(file.read())
        tags.append(parser.tags)
    equal(tags[1], tags[0])
    equal([tag for tag in tags[0] if tag[0] in ("img", "iframe", "object")], [])


@test
def hostile_text_is_shown_as_text():
    path = hostile_report()
    page = opened(path)
    page.run("document.querySelectorAll('button.case').forEach((b) => b.click())")
    page.run("document.querySelectorAll('button.message').forEach((b) => b.click())")
    equal(page.run("document.querySelectorAll('img, [onerror]').length"), 0)
    equal(page.run("document.scripts.length"), 2)
    contains(page.run("document.querySelector('.command').textContent"), "</script><img src=x onerror=alert(2)>")
    contains(page.run("document.getElementById('list').innerText"), "</script><img src=x onerror=alert(1)>", "</failure></details>")
    calm(page, path)


# ---- bench -------------------------------------------------------------------------------------------------

def bench_report(name, *arguments, command):
    path = os.path.join(FOLDER.name, name)
    run("bench", "--warm-up", "0.1", "--duration", "0.4", "--stable", "0", "--window", "100", *arguments,
        "--report", "html=" + path, "--", *command)
    return path


@test
def bench_shows_its_figures_and_two_plots_in_light_and_dark():
    path = bench_report("bench.html", "--model", "probe", command=[CONTAINER, "--model", "probe"])
    page = opened(path)
    colors = []
    for scheme in ("light", "dark"):
        page.prefer(scheme)
        page.open(path)
        colors.append(page.run("getComputedStyle(document.body).backgroundColor"))
        equal(page.run("document.querySelectorAll('svg rect').length > 3"), True)
        equal(page.run("[...document.querySelectorAll('svg rect')].every((r) => r.getBBox().height > 0 && "
                       "r.getBBox().x >= 69 && r.getBBox().x + r.getBBox().width <= 881)"), True)
        for width in (1200, 400):
            page.resize(width, 900)
            equal(page.run("document.documentElement.scrollWidth <= innerWidth"), True, width)
    equal(colors[0] != colors[1], True)
    text = page.run("document.body.innerText")
    contains(text, "requests/s", "p99.9", "outputs (probe)", "From window to window", CONTAINER)
    equal("Errors" in text, False)
    equal(page.run("[...document.querySelectorAll('svg')].map((plot) => plot.checkVisibility())"), [True, True])
    equal(page.run("document.querySelectorAll('tbody tr').length"), page.run("report.windows.length"))
    calm(page, path)


@test
def bench_shows_what_a_container_writes_as_text():
    hostile = "</pre></style></script><script>alert(1)</script><img src=x onerror=alert(2)>&amp;\x01\udcff"
    container = odd("exit")[1]
    script = ("import sys, runpy\nsys.argv = ['x', 'exit']\nsys.path.insert(0, %r)\nprint(%r, file=sys.stderr)\n"
              "runpy.run_path(%r, run_name='__main__')" % (os.path.dirname(container), hostile[:-1], container))
    path = bench_report("bench-hostile.html", command=[PYTHON, "-c", script, hostile])
    page = opened(path)
    equal(page.run("[document.scripts.length, document.querySelectorAll('img').length]"), [2, 0])
    equal(page.run("document.getElementById('stderr').innerText.includes(%r)" % hostile[:-2]), True)
    contains(page.run("document.getElementById('run').innerText"), "<img src=x onerror=alert(2)>&amp;")
    contains(page.run("document.body.innerText"), "Errors", "the container ended by itself", "exited with status 4", "out of luck")
    equal(page.run("document.querySelector('svg').checkVisibility()"), False, "no plot of nothing")
    calm(page, path)


if __name__ == "__main__":
    try:
        main()
    finally:
        if "page" in state:
            state["page"].close()
        FOLDER.cleanup()

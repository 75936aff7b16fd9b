#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Renders the HTML reports in headless Chromium: check-html.py [BUILD] [--keep FOLDER] [--picture].

Every page is shown at the width of a desk, of a phone and of a small one, in the light and in the dark, and must not be wider than its window, hold
nothing that runs or is fetched, bring no message to the console, and have no text that its ground swallows. Printed on A4, nothing is cut off, and no
card of a plan breaks across sheets. The README's picture is made of a page by --picture, and holds the digest of what it was made of, so that one that
is out of date is noticed. $CHROMIUM names another browser of the family. Without one the test is skipped.
"""

import argparse
import copy
import hashlib
import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zlib

import board
import demo_site
import signals  # noqa: F401

BROWSERS = "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"
WIDTHS = 1280, 500, 390, 320
LONG = "x" * 200
PICTURE = pathlib.Path(__file__).resolve().parent.parent / "man" / "plan-page.png"
PICTURE_SIZE = 1280, 1320
MOST_PICTURE = 200_000
MOST_BYTES = 1_000_000
# Of text that is as large as that of these pages (WCAG 2.2, 1.4.3).
LEAST_CONTRAST = 4.5
DARK = ["--blink-settings=preferredColorScheme=0"]
MARKUP = "<script>document.title='run'</script><img src=x onerror=alert(1)> &amp; \" ' --> ]]>"

# What a page says of itself, told to the page around it. An element reaches out only where nothing around it scrolls.
PROBE = """<script>
addEventListener('load', () => {
	const width = document.documentElement.clientWidth;
	const scrolls = element => element && (getComputedStyle(element).overflowX !== 'visible' || scrolls(element.parentElement));
	const wide = [...document.querySelectorAll('main *')].filter(element =>
		element.getBoundingClientRect().right > width + 1 && !scrolls(element.parentElement));
	const numbers = color => (color.match(/[\\d.]+/g) || []).map(Number);
	const light = color => {
		const [r, g, b] = numbers(color).map(value => value / 255).map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const ground = element => {
		const color = element ? getComputedStyle(element).backgroundColor : 'rgb(255,255,255)';
		return numbers(color).length === 4 && numbers(color)[3] === 0 ? ground(element.parentElement) : color;
	};
	const faint = [];
	for (const element of document.querySelectorAll('main *')) {
		if (![...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
			continue;
		const [a, b] = [light(getComputedStyle(element).color), light(ground(element))].sort((x, y) => y - x);
		if ((a + 0.05) / (b + 0.05) < %s)
			faint.push(element.outerHTML.slice(0, 80));
	}
	parent.postMessage({faint: faint.slice(0, 3), dark: light(ground(document.body)) < 0.1, page: '%s', scroll: document.documentElement.scrollWidth, inner: innerWidth,
		wide: wide.slice(0, 3).map(element => element.outerHTML.slice(0, 120)),
		active: document.querySelectorAll('img,link,iframe,object,embed,svg image,[onerror],[onload],[src]').length,
		scripts: document.scripts.length, rows: document.querySelectorAll('tbody tr').length,
		blind: [...document.querySelectorAll('.scroll')].filter(element => !element.getAttribute('aria-label')).length,
		cut: [...document.querySelectorAll('.scroll')].filter(element => element.scrollWidth > element.clientWidth + 1 &&
			(element.querySelector('.pairs,.texts') || element.matches('[aria-label^="Distinct"]')))
			.map(element => element.getAttribute('aria-label')),
		title: document.title}, '*');
});
</script>"""
COLLECT = """<!DOCTYPE html><meta charset="utf-8"><title>waiting</title><pre id="found"></pre><script>
const found = [];
addEventListener('message', event => {
	found.push(event.data);
	document.getElementById('found').textContent = JSON.stringify(found);
});
</script>
"""

COMMON = """times 2024-01-09T10:00:00Z
image "Windows 11 Enterprise"
	arch 9
	edition Enterprise
	installation-type Client
	version 10.0.22631.{build}.0
	languages en-US{languages}
	default en-US
	file /Windows/servicing/Packages/Package_for_RollupFix~31bf3856ad364e35~amd64~~22631.{build}.1.5.mum size 300 seed {build}
	file /Windows/System32/DriverStore/FileRepository/usbhub3.inf_amd64_{hash}/usbhub3.inf size 400 seed 10
	file /Windows/System32/ntoskrnl.exe size 120000 seed {build}
	file /Windows/Boot/EFI/bootmgfw.efi size 2600 seed {build}
	file /Windows/en-US/explorer.exe.mui size 60 seed 32
	file /Windows/WinSxS/amd64_microsoft-windows-notepad_31bf3856ad364e35_10.0.22621.{build}_none_1234567890abcdef/notepad.exe size 3000 seed {build}
"""
OLD = "compress LZX\n" + COMMON.format(build=2861, hash="1111222233334444", languages=",fr-FR") + """
	file /Windows/fr-FR/explorer.exe.mui size 60 seed 33
image "gone"
	arch 9
	file /gone.txt "gone"
"""
NEW = "compress LZX\n" + COMMON.format(build=3007, hash="5555666677778888", languages="") + f"""
	file "/Windows/<b>bold.txt" "new"
	file /Windows/{LONG}/{LONG}.dll size 5000 seed 7
	file /Windows/servicing/Packages/{LONG}~31bf3856ad364e35~amd64~~10.0.1.1.mum "package"
"""
# Names that a browser would act on; the edition that got lost.
HOSTILE = NEW.replace("Windows 11 Enterprise", MARKUP.replace('"', '\\"')).replace("\tedition Enterprise\n", "") + f'image "{LONG}"\n'

def receipt():
    """A receipt with every outcome, long texts and names that a browser would act on."""
    outcomes = ["done", "satisfied", "unverified", "failed", "conflict", "skipped", "unknown"]
    steps = [{"package_id": f"P01{number:05X}", "action": "ReloadImageProperties", "outcome": outcomes[number % 7], "looked_up": number % 2 == 0,
              "return_value": number, "started_at": "2026-02-21T22:00:01Z", "finished_at": "2026-02-21T22:00:03Z", "attempts": number,
              "source_version_before": 12, "source_version_after": 13, "content_id": None, "file_id": None,
              "error": [None, MARKUP, LONG][number % 3]} for number in range(60)]
    states = ["failed", "behind", "running", "removing", "unknown", MARKUP]
    steps[1] |= {"action": "RefreshPkgSource", "distribution": {
        "targeted": 400, "have": 0, "failed": 67, "at": "2026-02-21T22:30:00Z",
        "points": [{"name": [f"DP{number:03}.contoso.com", MARKUP, LONG][number % 3], "site": [None, "P01"][number % 2],
                    "state": states[number % 6], "message": [None, MARKUP, LONG][number % 3]} for number in range(400)]}}
    return {"format": "wimplan-receipt", "format_version": "1.1", "plan_id": "sha256:" + 64 * "0", "site_code": "P01", "provider": MARKUP + LONG,
            "by": MARKUP, "started_at": "2026-02-21T22:00:00Z", "finished_at": None, "steps": steps}


counts = {True: 0, False: 0}


def expect(condition, message):
    counts[bool(condition)] += 1
    if not condition:
        print(f"check-html: {message}")
    return bool(condition)


def find_browser():
    named = os.environ.get("CHROMIUM")
    return named or next((path for path in map(shutil.which, BROWSERS) if path), None)


def make_pages(build, root):
    """The reports by a short name."""
    folder, env = demo_site.make(build, root)
    for name, recipe in ("old", OLD), ("new", NEW), ("hostile", HOSTILE):
        made = subprocess.run(["mkwim", "-", folder / f"{name}.wim"], env=env, input=recipe, text=True, capture_output=True)
        expect(made.returncode == 0, f"mkwim {name}.wim: {made.stderr}")
    (folder / "receipt.json").write_text(json.dumps(receipt()), encoding="utf-8")
    pages = {}
    for name, words in {
        "diff": ["diff", "--servicing", "--files", "old.wim", "new.wim"],
        "diff-plain": ["diff", "old.wim", "new.wim"],
        "diff-same": ["diff", "--servicing", "--files", "old.wim", "old.wim"],
        "diff-hostile": ["diff", "--servicing", "--files", "--match", "1:1", "old.wim", "hostile.wim"],
        "plan": ["show", "plan.json"],
        "plan-all": ["show", "--all", "plan.json"],
        "receipt": ["show", "receipt.json"],
    }.items():
        done = subprocess.run(["wimplan", words[0], "--format", "html", *words[1:]], cwd=folder, env=env, capture_output=True)
        if expect(done.returncode == 0, f"wimplan {' '.join(words)}: {done.stderr.decode()}"):
            pages[name] = done.stdout.decode("utf-8")
    return pages | make_inspections(folder, env, build) | make_board(build, root)


def make_inspections(folder, env, build):
    """What .wim files say about themselves: an image for each verdict on what starts a computer, contents, hostile names, a file that is cut short."""
    build = pathlib.Path(build).resolve()
    recipe = subprocess.run([build / "mkboot", folder / "authorities"], env=env, capture_output=True)
    made = subprocess.run(["mkwim", "-", folder / "boot.wim"], env=env, input=recipe.stdout, capture_output=True)
    expect(made.returncode == 0, f"mkwim boot.wim: {made.stderr.decode()}")
    (folder / "cut.wim").write_bytes((folder / "old.wim").read_bytes()[:900])
    pages = {}
    for name, words in {
        "inspect-boot": ["--boot", "--min-svn", "9.0", "boot.wim"],
        "inspect-whole": ["--boot", "--servicing", "--deep", "--verbose", "--path", "*", "media/february.wim", "hostile.wim", "boot.wim", "cut.wim"],
        "inspect-plain": ["media/february.wim"],
    }.items():
        done = subprocess.run([build / "wimplan-other-authorities", "inspect", "--format", "html", *words], cwd=folder, capture_output=True,
                              env=env | {"WIMPLAN_TEST_AUTHORITIES": str(folder / "authorities")})
        if expect(done.returncode == (3 if "cut.wim" in words else 0), f"inspect {' '.join(words)}: {done.stderr.decode()}"):
            pages[name] = done.stdout.decode("utf-8")
    return pages


def absurd(plan, make_digests):
    """A plan that is whole and lies: figures that nobody can have, a window that ends before it begins, notes without end."""
    lie = copy.deepcopy(plan)
    estimates = lie["estimates"]
    estimates["window"] = {"start": "2026-03-07T20:00:00Z", "end": "1601-01-01T00:00:00Z"}
    for number, (name, estimate) in enumerate(estimates["packages"].items()):
        estimate.update([{"bytes_min": str(10 ** 18), "bytes_max": 0}, {"seconds_max": str(2 ** 64 - 1)}, {"ends_at": "9999-12-31T23:59:59Z"},
                         {"starts_at": "9999-12-31T23:59:59Z", "ends_at": "1601-01-01T00:00:00Z"}, {"points": -1}, {"fits": MARKUP}][number % 6])
    estimates["order"] = ["C0000000", None, MARKUP] + estimates["order"] * 400
    estimates["total"]["assumptions"] = [MARKUP + LONG] * 3
    estimates["total"]["sites"] = [{"site": MARKUP, "points": str(10 ** 18), "bytes_min": 5, "bytes_max": str(10 ** 18)}] * 5
    note = {"code": LONG, "severity": "grave", "package_id": "C0000101", "image": 7, "summary": MARKUP + LONG, "facts": {"points": [None, MARKUP, {"name": 5}]}}
    lie["notes"] += [note | {"summary": f"{number} {MARKUP}", "code": f"{MARKUP}{number % 20}"} for number in range(100_000)] + [note] * 3
    lie["site"]["points"] = [{"name": f"{MARKUP}{number}", "site": LONG, "kind": MARKUP, "states": [{"state": "failed", "count": str(10 ** 18)}] * 3}
                             for number in range(1000)] + [None, {"states": 7}]
    lie["site"]["packages"] += [{"package_id": "C0000101", "points": str(10 ** 18), "states": [{"state": "current", "count": str(10 ** 18)}] * 2}]
    steps = [{"package_id": "C000010F", "use": MARKUP, "step": LONG, "index": str(10 ** 18), "enabled": True, "was": {"name": MARKUP}, "is": 5, "note": "index-gone"}]
    lie["site"]["task_sequences"] = [{"id": MARKUP, "name": LONG, "deployments": [{"collection": MARKUP, "start": MARKUP}] * 50, "steps": steps * 50}] * 50
    make_digests(lie)
    return lie


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def seal(plan):
    """Gives what stands beside the body the digest that it claims to have; all its keys are ASCII."""
    beside = {key: value for key, value in plan.items() if key not in ("plan_id", "beside_id", "body")}
    plan["beside_id"] = "sha256:" + hashlib.sha256(canonical(beside)).hexdigest()


def make_board(build, root):
    """What a change board gets of the made-up hierarchy: all of it, the part that is pictured, and a plan that lies."""
    place = board.Board(build, root / "board")
    place.plan("pictured.json", *[word for package in board.PICTURED for word in ("--only", package)])
    plan = json.loads((place.folder / "plan.json").read_text(encoding="utf-8"))
    (place.folder / "absurd.json").write_text(json.dumps(absurd(plan, seal), ensure_ascii=False), encoding="utf-8")
    pages = {name: place.page(f"{name}.json", "html", *words) for name, words in
             {"plan": [], "pictured": [], "absurd": ["--all", "--set", f"{MARKUP}={LONG}"]}.items()}
    expect(len(pages["plan"].encode()) < MOST_BYTES, f"board: the page of 60 packages on 400 points has {len(pages['plan'].encode())} bytes")
    expect(len(pages["absurd"].encode()) < 6 * MOST_BYTES, f"absurd: a plan that lies has a page of {len(pages['absurd'].encode())} bytes")
    marks = [place.page("absurd.json", "markdown"), place.page("plan.json", "markdown")]
    expect(len(marks[0].encode()) < 4 * MOST_BYTES, f"absurd: in Markdown it has {len(marks[0].encode())} bytes")
    # Nothing in code is taken for markup.
    expect("<script" not in re.sub(r"`[^`\n]*`", "", marks[0]), "absurd: Markdown lets a name through")
    return {"board" if name == "plan" else name: text for name, text in pages.items()}


def check_source(name, text):
    expect(text.startswith("<!DOCTYPE html>") and text.endswith("</html>\n"), f"{name}: it is not one page")
    expect(not re.search(r"<script|<img|<link|https?://|url\(|@import", text), f"{name}: something runs or is fetched")
    expect(not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text), f"{name}: a control character stands in it")
    expect("default-src 'none'" in text, f"{name}: nothing forbids the browser to run or fetch what a name says")
    expect("prefers-color-scheme" in text and "@media print" in text, f"{name}: it has no style for the dark, or for paper")
    for tag in "main", "section", "table", "tbody", "div", "ul", "dl", "h2", "h3", "td", "code", "span":
        expect(len(re.findall(rf"<{tag}[ >]", text)) == text.count(f"</{tag}>"), f"{name}: <{tag}> is not always closed")


def widths_of(name):
    return WIDTHS[::2] if name == "absurd" else WIDTHS


def render(browser, root, pages, *options):
    """Shows each page as it is, and with the probe at each width, all within one page. Returns what the probes and the console said."""
    frames = []
    for name, text in pages.items():
        (root / f"{name}.html").write_text(text, encoding="utf-8")
        frames.append(f'<iframe src="{name}.html" width="1280" height="800"></iframe>')
        open_page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n', "", text)
        for width in widths_of(name):
            probed = open_page.replace("</body>", PROBE % (LEAST_CONTRAST, f"{name}@{width}") + "</body>")
            (root / f"{name}-{width}.probe.html").write_text(probed, encoding="utf-8")
            frames.append(f'<iframe src="{name}-{width}.probe.html" width="{width}" height="800" style="border:0"></iframe>')
    collect = root / "collect.html"
    collect.write_text(COLLECT + "\n".join(frames), encoding="utf-8")
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
             f"--user-data-dir={profile}", "--enable-logging=stderr", "--virtual-time-budget=60000", "--window-size=1400,1000", *options,
             "--dump-dom", collect.as_uri()],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    match = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.S)
    found = json.loads(html.unescape(match.group(1))) if match and match.group(1) else []
    return {said["page"]: said for said in found}, console, done.stderr


def printed(browser, root, name):
    """The texts of the pages of paper that a page takes."""
    paper = root / f"{name}.pdf"
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
                        f"--user-data-dir={profile}", "--no-pdf-header-footer", f"--print-to-pdf={paper}", (root / f"{name}.html").as_uri()],
                       stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    done = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, text=True)
    boxes = subprocess.run(["pdftotext", "-bbox", paper, "-"], capture_output=True, text=True)
    return done.stdout.split("\f")[:-1], boxes.stdout


def check_paper(name, text, sheets, boxes):
    """Every word stands on a sheet of A4, and every cell of a table is there."""
    sizes = set(re.findall(r'<page width="([\d.]+)" height="([\d.]+)"', boxes))
    expect(all(abs(float(width) - 595) < 2 and abs(float(height) - 842) < 2 for width, height in sizes), f"{name}: paper is {sizes} points large, not A4")
    outside = [word for left, right, word in re.findall(r'<word xMin="([-\d.]+)" yMin="[-\d.]+" xMax="([-\d.]+)" yMax="[-\d.]+">(.*?)</word>', boxes)
               if float(left) < 0 or float(right) > 596]
    expect(not outside, f"{name}: paper cuts off {outside[:5]}")
    squeezed = re.sub(r"\s+", "", "".join(sheets))
    words = {html.unescape(re.sub(r"<[^>]*>", " ", cell)).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", text, re.S)}
    # What is broken into lines stands in its column, beside others.
    lost = [word for word in words if len(word) < 12 and " " not in word and word not in squeezed]
    expect(words and not lost, f"{name}: paper does not show {lost[:5]}")


def check_printed(browser, root, name, text):
    """A section about one package stands on one sheet, its heading is not left behind, and what is folded is shown."""
    sheets, boxes = printed(browser, root, name)
    if not expect(len(sheets) > 1, f"{name}: it was not printed on several sheets"):
        return
    check_paper(name, text, sheets, boxes)
    squeezed = [re.sub(r"\s+", "", sheet) for sheet in sheets]
    sections = re.findall(r'<section class="entry.*?</section>', text, re.S)
    expect(len(sections) > 4, f"{name}: it has no sections to print")
    for section in sections:
        words = [re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]*>", "", part)))
                 for part in re.findall(r"<h3>.*?</h3>|<dd>.*?</dd>|<li>.*?</li>|<td class=\"value\">.*?</td>", section, re.S)]
        expect(any(all(word in sheet for word in words) for sheet in squeezed), f"{name}: a card is broken: {words[0]}")
    for folded in re.findall(r'<div class="folded">(.*?)</div></div>', text, re.S):
        for part in re.findall(r"<td class=\"name\">(.*?)</td>|<dd>(.*?)</dd>", folded, re.S)[:40]:
            word = re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]*>", "", "".join(part))))
            expect(any(word in sheet for sheet in squeezed), f"{name}: paper does not show what is folded: {word}")
    for label in re.findall(r"<label[^>]*>(.*?)</label>|<h2>(.*?)</h2>", text):
        # What a table says too may stand at its end.
        if f">{''.join(label)}</td>" in text:
            continue
        label = re.sub(r"\s+", "", html.unescape("".join(label)))
        expect(not any(sheet.endswith(label) for sheet in squeezed), f"{name}: the heading {label} is alone at the end of a sheet")


def check_rendered(name, width, said, dark):
    what = f"{name} at {width} in the {'dark' if dark else 'light'}"
    if not expect(said, f"{what}: the browser did not show it"):
        return
    expect(said["inner"] == width, f"{what}: the window is {said['inner']} wide")
    expect(said["scroll"] <= said["inner"] and not said["wide"],
           f"{what}: the page is {said['scroll']} wide; what reaches out: {said['wide']}")
    expect(said["scripts"] == 1 and not said["active"], f"{what}: {said['active']} elements could run or fetch something")
    expect(not said["blind"], f"{what}: a table has no name for those who do not see it")
    expect(width < 390 or name == "absurd" or not said["cut"], f"{what}: these tables should fit: {said['cut']}")
    expect(said["title"] != "run", f"{what}: a name was run")
    expect(said["dark"] == dark, f"{what}: the ground is that of the other")
    expect(not said["faint"], f"{what}: this can hardly be read: {said['faint']}")


def chunks(png):
    """The parts of a PNG: their names and what they hold."""
    at = 8
    while at < len(png):
        length = int.from_bytes(png[at:at + 4], "big")
        yield png[at + 4:at + 8], png[at + 8:at + 8 + length]
        at += 12 + length


def chunk(name, data):
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def source_of(page):
    return b"Source\0" + hashlib.sha256(page.encode()).hexdigest().encode()


def take_picture(browser, root, page):
    """Makes the README's picture of the page, with the page's digest in it."""
    (root / "picture.html").write_text(page, encoding="utf-8")
    shot = root / "picture.png"
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--hide-scrollbars",
                        "--force-device-scale-factor=0.8", f"--user-data-dir={profile}", f"--screenshot={shot}", "--window-size=%d,%d" % PICTURE_SIZE, (root / "picture.html").as_uri()],
                       stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    png = shot.read_bytes()
    parts = list(chunks(png))
    pixels = zlib.decompress(b"".join(data for name, data in parts if name == b"IDAT"))
    PICTURE.write_bytes(png[:8] + chunk(*parts[0]) + chunk(b"tEXt", source_of(page)) + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b""))


def check_picture(page):
    """The picture in the README is one of this page."""
    if not expect(PICTURE.exists(), f"there is no {PICTURE.name}: run tests/check-html.py --picture"):
        return
    png = PICTURE.read_bytes()
    expect((b"tEXt", source_of(page)) in list(chunks(png)), f"{PICTURE.name} shows a page that is no longer so: run tests/check-html.py --picture")
    expect(len(png) < MOST_PICTURE, f"{PICTURE.name} has {len(png)} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", nargs="?", default="build")
    parser.add_argument("--picture", action="store_true", help="make the README's picture anew")
    parser.add_argument("--keep", help="where the pages are left to be looked at")
    args = parser.parse_args()
    browser = find_browser()
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch)
        pages = make_pages(args.build, root)
        for name, text in pages.items():
            check_source(name, text)
        if args.keep:
            for name, text in pages.items():
                (pathlib.Path(args.keep) / f"{name}.html").write_text(text, encoding="utf-8")
        if browser and args.picture:
            take_picture(browser, root, pages["pictured"])
        check_picture(pages["pictured"])
        if browser:
            # A page that is too wide and one that fails must be noticed, or silence would mean nothing.
            pages["bad"] = '<!DOCTYPE html><title>bad</title><body><main><p style="width:2000px">wide</main>' \
                           "<script>console.error('heard')</script></body>"
            said, console, log = render(browser, root, pages)
            bad = pages.pop("bad")
            dark, _, _ = render(browser, root, {name: text for name, text in pages.items() if name != "absurd"}, *DARK)
            expect(said.get(f"bad@{WIDTHS[1]}", {}).get("scroll", 0) >= 2000, f"the probe does not notice a page that is too wide: {log[-600:]}")
            expect(any("heard" in line for line in console), "messages on the console are not seen")
            for line in console:
                expect("heard" in line and bad, f"on the console: {line}")
            for name in pages:
                for width in widths_of(name):
                    check_rendered(name, width, said.get(f"{name}@{width}"), False)
                    if name != "absurd":
                        check_rendered(name, width, dark.get(f"{name}@{width}"), True)
            if not shutil.which("pdftotext"):
                print("check-html: there is no pdftotext (make deps check-html installs it); nothing is printed")
            for name in ("plan", "plan-all", "pictured") if shutil.which("pdftotext") else ():
                check_printed(browser, root, name, pages[name])
            if shutil.which("pdftotext"):
                check_paper("inspect-boot", pages["inspect-boot"], *printed(browser, root, "inspect-boot"))
        else:
            print("check-html: there is no Chromium (make deps check-html installs it); the pages are only read, not shown")
    print(f"{counts[True]} passed, {counts[False]} failed")
    return 1 if counts[False] else 0


if __name__ == "__main__":
    sys.exit(main())

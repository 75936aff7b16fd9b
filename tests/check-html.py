#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Renders the HTML reports in headless Chromium: check-html.py [BUILD] [--keep FOLDER].

Every page is shown at the width of a desk, of a phone and of a small one, and must not be wider than its window, hold nothing
that runs or is fetched, and bring no message to the console. Printed, no card of a plan breaks across sheets. $CHROMIUM names another browser of the family. Without one the test
is skipped.
"""

import argparse
import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import demo_site
import signals  # noqa: F401

BROWSERS = "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"
WIDTHS = 1280, 500, 390, 320
LONG = "x" * 200
MARKUP = "<script>document.title='run'</script><img src=x onerror=alert(1)> &amp; \" ' --> ]]>"

# What a page says of itself, told to the page around it. An element reaches out only where nothing around it scrolls.
PROBE = """<script>
addEventListener('load', () => {
	const width = document.documentElement.clientWidth;
	const scrolls = element => element && (getComputedStyle(element).overflowX !== 'visible' || scrolls(element.parentElement));
	const wide = [...document.querySelectorAll('main *')].filter(element =>
		element.getBoundingClientRect().right > width + 1 && !scrolls(element.parentElement));
	parent.postMessage({page: '%s', scroll: document.documentElement.scrollWidth, inner: innerWidth,
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
    return pages


def check_source(name, text):
    expect(text.startswith("<!DOCTYPE html>") and text.endswith("</html>\n"), f"{name}: it is not one page")
    expect(not re.search(r"<script|<img|<link|https?://|url\(|@import", text), f"{name}: something runs or is fetched")
    expect(not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text), f"{name}: a control character stands in it")
    expect("default-src 'none'" in text, f"{name}: nothing forbids the browser to run or fetch what a name says")
    expect("prefers-color-scheme" in text and "@media print" in text, f"{name}: it has no style for the dark, or for paper")
    for tag in "main", "section", "table", "tbody", "div", "ul", "dl", "h2", "h3", "td", "code", "span":
        expect(len(re.findall(rf"<{tag}[ >]", text)) == text.count(f"</{tag}>"), f"{name}: <{tag}> is not always closed")


def render(browser, root, pages):
    """Shows each page as it is, and with the probe at each width, all within one page. Returns what the probes and the console said."""
    frames = []
    for name, text in pages.items():
        (root / f"{name}.html").write_text(text, encoding="utf-8")
        frames.append(f'<iframe src="{name}.html" width="1280" height="800"></iframe>')
        open_page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n', "", text)
        for width in WIDTHS:
            probed = open_page.replace("</body>", PROBE % f"{name}@{width}" + "</body>")
            (root / f"{name}-{width}.probe.html").write_text(probed, encoding="utf-8")
            frames.append(f'<iframe src="{name}-{width}.probe.html" width="{width}" height="800" style="border:0"></iframe>')
    collect = root / "collect.html"
    collect.write_text(COLLECT + "\n".join(frames), encoding="utf-8")
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
             f"--user-data-dir={profile}", "--enable-logging=stderr", "--virtual-time-budget=10000", "--window-size=1400,1000",
             "--dump-dom", collect.as_uri()],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
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
    return done.stdout.split("\f")[:-1]


def check_printed(browser, root, name, text):
    """A section about one package stands on one sheet, its heading is not left behind, and what is folded is shown."""
    sheets = printed(browser, root, name)
    if not expect(len(sheets) > 1, f"{name}: it was not printed on several sheets"):
        return
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
        label = re.sub(r"\s+", "", html.unescape("".join(label)))
        expect(not any(sheet.endswith(label) for sheet in squeezed), f"{name}: the heading {label} is alone at the end of a sheet")


def check_rendered(name, width, said):
    what = f"{name} at {width}"
    if not expect(said, f"{what}: the browser did not show it"):
        return
    expect(said["inner"] == width, f"{what}: the window is {said['inner']} wide")
    expect(said["scroll"] <= said["inner"] and not said["wide"],
           f"{what}: the page is {said['scroll']} wide; what reaches out: {said['wide']}")
    expect(said["scripts"] == 1 and not said["active"], f"{what}: {said['active']} elements could run or fetch something")
    expect(not said["blind"], f"{what}: a table has no name for those who do not see it")
    expect(width < 390 or not said["cut"], f"{what}: these tables should fit: {said['cut']}")
    expect(said["title"] != "run", f"{what}: a name was run")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", nargs="?", default="build")
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
        if browser:
            # A page that is too wide and one that fails must be noticed, or silence would mean nothing.
            pages["bad"] = '<!DOCTYPE html><title>bad</title><body><main><p style="width:2000px">wide</main>' \
                           "<script>console.error('heard')</script></body>"
            said, console, log = render(browser, root, pages)
            bad = pages.pop("bad")
            expect(said.get(f"bad@{WIDTHS[1]}", {}).get("scroll", 0) >= 2000, f"the probe does not notice a page that is too wide: {log[-600:]}")
            expect(any("heard" in line for line in console), "messages on the console are not seen")
            for line in console:
                expect("heard" in line and bad, f"on the console: {line}")
            for name in pages:
                for width in WIDTHS:
                    check_rendered(name, width, said.get(f"{name}@{width}"))
            if not shutil.which("pdftotext"):
                print("check-html: there is no pdftotext (make deps check-html installs it); nothing is printed")
            for name in ("plan", "plan-all") if shutil.which("pdftotext") else ():
                check_printed(browser, root, name, pages[name])
        else:
            print("check-html: there is no Chromium (make deps check-html installs it); the pages are only read, not shown")
    print(f"{counts[True]} passed, {counts[False]} failed")
    return 1 if counts[False] else 0


if __name__ == "__main__":
    sys.exit(main())

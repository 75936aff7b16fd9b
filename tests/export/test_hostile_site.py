#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sites that mean harm, or are none: one sentence, bounded time and memory, nothing sent elsewhere: test_hostile_site.py BUILD [NAME…]."""

import json
import resource
import subprocess
import sys
import time

from exporting import ExportedSite, packages

from between import Front, answer, one_sentence, without_end
from standin import IMAGE, TOKEN, has_sanitizer, nowhere, run_tests

JSON = "Content-Type: application/json"


def listed(*rows, **more):
    return answer(200, json.dumps({"value": list(rows), **more}), JSON)


def export_of(site, front, *options, memory=1 << 30, seconds=60):
    """The export with a bound on its memory; (result, seconds)."""
    began = time.monotonic()
    limit = None if has_sanitizer(site.build) else lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    result = subprocess.run([site.program("wimplan-export"), *site.arguments(front, "--parallel", "2", "--timeout", "10", *options)],
                            cwd=site.folder, env=site.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, timeout=seconds + 30, preexec_fn=limit)
    return result, time.monotonic() - began


def test_answers_that_are_none(build, folder, expect):
    """The answer to one list or object is spoilt: it is refused by itself, and all the rest is there."""
    site = ExportedSite(build, folder)
    deep = "[" * 200 + "]" * 200
    spoilt = {
        "a redirection": answer(302, b"", "Location: https://elsewhere.contoso.com/AdminService/wmi/x"),
        "a page": answer(200, "<html><title>Sign in</title></html>", "Content-Type: text/html"),
        "nothing": answer(200, b"", JSON),
        "no JSON": answer(200, '{"value": [{"PackageID": "P01', JSON),
        "no list": answer(200, '{"value": 7}', JSON),
        "a list of numbers": answer(200, '{"value": [1, 2]}', JSON),
        "200 levels": answer(200, f'{{"value": [{{"__CLASS": "x", "PackageID": "P010001B", "X": {deep}}}]}}', JSON),
        "keys twice": answer(200, '{"value": [{"PackageID": "a", "PackageID": "b"}]}', JSON),
        "a late error": answer(200, '{"value": [], "error": {"code": "", "message": "no"}}', JSON),
        "NUL": answer(200, b'{"value": [{"PackageID": "P01\x0000001"}]}', JSON),
        "no text": answer(200, b'{"value": [{"PackageID": "\xff\xfe"}]}', JSON),
        "an empty object": answer(200, "{}", JSON),
    }
    with site.start(load=True) as server:
        for what, bytes_sent in spoilt.items():
            for path in "wmi/SMS_ImageInformation", f"wmi/{IMAGE}('P010001C')", f"wmi/{IMAGE}":
                def hook(front, request, client, path=path, bytes_sent=bytes_sent):
                    at = request.path.split("/AdminService/")[1].split("?")[0]
                    return bytes_sent if at == path else front.forward(request)

                with Front(server, hook) as front:
                    result, _ = export_of(site, front)
                whole = path == f"wmi/{IMAGE}('P010001C')" and what == "an empty object"
                expect(result.returncode == 3, f"{what} for {path}: {result.returncode}: {result.stderr[-300:]} {whole}")
                one_sentence(expect, what, "wimplan-export", result.stderr)
                document = site.records()
                expect.equal(document["complete"], False, f"{what} for {path}: complete")
                expect(document["refused"][0]["class"] in (IMAGE, "SMS_ImageInformation"), f"{what} for {path}: {document['refused']}")


def test_pages_that_lead_astray(build, folder, expect):
    """A link is followed within its list alone, and not for ever."""
    site = ExportedSite(build, folder)
    with site.start(load=True) as server, Front(server, lambda front, request, client: None) as other:
        links = {
            "elsewhere": f"{other.url}/wmi/SMS_Site?$skip=1", "a circle": "https://cm01/AdminService/wmi/SMS_ImageInformation?a=1",
            "a method": f"https://cm01/AdminService/wmi/{IMAGE}('P010001B')/AdminService.RefreshPkgSource?x=1",
            "no text": 7, "long": "SMS_ImageInformation?" + "x" * 10000, "a header": "SMS_ImageInformation?a=1\r\nX-Y: z",
        }
        for what, link in links.items():
            def hook(front, request, client, link=link):
                if "SMS_ImageInformation" in request.path:
                    return listed({"PackageID": "P010001B", "Index": 1, "OSVersion": "1"}, **{"@odata.nextLink": link})
                return front.forward(request)

            with Front(server, hook) as front:
                result, _ = export_of(site, front)
                expect(not any(request.method != "GET" or "x-y" in request.headers for request in front.requests),
                       f"{what}: something else was sent")
            expect.status(result, 3)
            one_sentence(expect, what, "wimplan-export", result.stderr)
            expect.equal([item["class"] for item in site.records()["refused"]], ["SMS_ImageInformation"], what)
        expect.equal(other.requests, [], "requests to another server")


def test_answers_without_end(build, folder, expect):
    site = ExportedSite(build, folder)

    def endless(front, request, client):
        if not request.path.endswith(f"{IMAGE}('P010001C')"):
            return front.forward(request)
        return without_end(client, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + b'{"value":[{"X":"', b"x" * 65536)

    with site.start(load=True) as server:
        with Front(server, endless) as front:
            result, took = export_of(site, front)
        expect.status(result, 3)
        one_sentence(expect, "endless", "wimplan-export", result.stderr)
        expect(took < 30, f"an endless answer takes {took:.0f} s")
        expect.equal(sorted(packages(site.records())), ["P010001A", "P010001B", "P010001C", "P010001D"], "it stands in the list")

        def many(front, request, client):
            if request.path.split("?")[0].endswith("/SMS_ImageInformation"):
                return answer(200, '{"value": [' + ",".join(['{"PackageID":"P010001B"}'] * 300000) + "]}", JSON)
            return front.forward(request)

        with Front(server, many) as front:
            result, took = export_of(site, front)
        expect.status(result, 0)
        expect(took < 30, f"300,000 rows take {took:.0f} s")


def test_token_that_is_repeated(build, folder, expect):
    """What a server says goes into messages and into the export; a token that it repeats does not."""
    site = ExportedSite(build, folder)
    (folder / "token").write_text(TOKEN)
    (folder / "token").chmod(0o600)

    def hook(front, request, client):
        if request.path.endswith(f"{IMAGE}('P010001B')"):
            return listed({"__CLASS": IMAGE, "PackageID": "P010001B", "Name": f"a {TOKEN}"})
        if request.path.endswith(f"{IMAGE}('P010001C')"):
            return answer(400, json.dumps({"error": {"message": f"Not with {request.headers['authorization']}"}}), JSON)
        return front.forward(request)

    with site.start(load=True) as server, Front(server, hook) as front:
        result, _ = export_of(site, front, "--auth", "bearer", "--token-file", "token")
    expect.status(result, 3)
    expect("Not with Bearer ****" in result.stderr, f"the message of the server: {result.stderr[-300:]}")
    nowhere(site, expect, TOKEN, result, but=["token"])


def test_filter_left_out(build, folder, expect):
    """A list is asked for without its filter when the provider says that it cannot filter, and not when something else is wrong."""
    site = ExportedSite(build, folder)
    path = "wmi/SMS_PackageStatusDistPointsSummarizer"
    with site.start(load=True) as server:
        for what, bytes_sent, times in (("a refusal", answer(400, "{}", JSON), 2),
                                        ("a redirection", answer(302, b"", "Location: https://elsewhere.contoso.com/"), 1)):
            def hook(front, request, client, bytes_sent=bytes_sent):
                filtered = f"{path}?$filter=" in request.path.replace("%24", "$")
                return bytes_sent if filtered else front.forward(request)

            with Front(server, hook) as front:
                result, _ = export_of(site, front)
                expect.equal(sum(path in request.path for request in front.requests), times, f"{what}: requests")
            expect.status(result, 0 if times == 2 else 3)


def test_long_lists_in_their_turn(build, folder, expect):
    """A list that is longer than what is held waits for the one before it, page by page, and all of both is there in its order."""
    site = ExportedSite(build, folder)
    later = "SMS_DistributionDPStatus"
    row = json.dumps({"PackageID": "P010001B", "X": "x" * 1000})
    pages, came_late = 4, []
    with site.start(load=True) as server:
        def hook(front, request, client):
            class_name, _, query = request.path.split("/wmi/")[1].partition("?") if "/wmi/" in request.path else ("", "", "")
            if class_name == later:
                page = int(query.rpartition("$skiptoken=")[2]) if "$skiptoken=" in query else 1
                link = f', "@odata.nextLink": "{later}?$skiptoken={page + 1}"' if page < pages else ""
                if page == pages:
                    came_late.append(True)
                return answer(200, '{"value": [' + ",".join([row] * 5000) + "]" + link + "}", JSON)
            if class_name == "SMS_PackageStatusDistPointsSummarizer" and "filter" in query:
                time.sleep(1)
            return front.forward(request)

        with Front(server, hook) as front:
            result, _ = export_of(site, front, "--parallel", "4")
    expect.status(result, 0)
    classes = [entry["__CLASS"] for entry in site.records()["value"]]
    expect.equal(classes.count(later), pages * 5000, "rows of the long list")
    expect(classes.index(later) > max(i for i, name in enumerate(classes) if name == "SMS_PackageStatusDistPointsSummarizer"), "order")
    expect(came_late, "the last page was never asked for")


def test_rows_as_they_stand(build, folder, expect):
    """Rows of lists are taken over by their text: however they are written, each becomes one line with what an import has to know."""
    site = ExportedSite(build, folder)
    rows = [{"PackageID": "P010001B", "Index": 1, "OSVersion": "a\u202eb\u0007\x7f\n\t\u2028", "Name": 'é "\\" { } , '},
            {"PackageID": "P010001B", "Index": 2, "__BY_KEY": True}, {"PackageID": "P010001B", "Index": 3, "__CLASS": None},
            {"PackageID": "P010001B", "Index": 4, "__CLASS": "SMS_ImageInformation", "Big": 2**63 - 1, "Real": 1.5e300, "Deep": [{}, [], [[1]]]}]
    texts = [json.dumps(rows[0], ensure_ascii=False, indent="\t").replace("\n", "\r\n"), json.dumps(rows[1], indent=1), json.dumps(rows[2]),
             " " + json.dumps(rows[3], separators=(",", ":")) + "\n", "{ }"]
    text = '{"value" : [' + ",".join(texts) + "\n]\n}\n"
    with site.start(load=True) as server:
        def hook(front, request, client):
            return answer(200, text, JSON) if request.path.split("?")[0].endswith("/SMS_ImageInformation") else front.forward(request)

        with Front(server, hook) as front:
            expect.status(export_of(site, front)[0], 0)
    wanted = [row | {"__CLASS": "SMS_ImageInformation", "__BY_KEY": False} for row in rows]
    found = [row for row in site.records()["value"] if row["__CLASS"] == "SMS_ImageInformation"]
    expect.equal(found, wanted, "rows")
    lines = [line for line in (site.folder / "records.json").read_text().split("\n") if "SMS_ImageInformation" in line]
    expect.equal(len(lines), len(rows), "lines of these rows")
    expect(all(line.isprintable() for line in lines), "hidden characters stand in the file")
    expect.status(site.import_it()[0], 0)


def test_other_objects(build, folder, expect):
    """An answer about something else than what was asked for is none; a list that names no objects, too."""
    site = ExportedSite(build, folder)
    with site.start(load=True) as server:
        def other(front, request, client):
            if request.path.endswith(f"{IMAGE}('P010001C')"):
                return listed({"PackageID": "P01FFFFF", "ImageProperty": "x"})
            return front.forward(request)

        with Front(server, other) as front:
            result, _ = export_of(site, front)
        expect.status(result, 3)
        expect("P01FFFFF" not in packages(site.records()), "another object stands in the export")
        for what, row in (("no key", {}), ("a key that is none", {"PackageID": "../../x"}), ("a long key", {"PackageID": "P" * 100000}),
                          ("a quote", {"PackageID": "P0100'1B"}), ("a number", {"PackageID": 7})):
            def odd(front, request, client, row=row):
                return listed(row) if request.path.endswith(f"/{IMAGE}") else front.forward(request)

            with Front(server, odd) as front:
                result, _ = export_of(site, front)
            expect.status(result, 3)
            one_sentence(expect, what, "wimplan-export", result.stderr)
            expect.equal([(item["class"], item["key"]) for item in site.records()["refused"]], [(IMAGE, None)], what)

        def metadata(front, request, client):
            return answer(200, "<html/>", "Content-Type: text/html") if "$metadata" in request.path else front.forward(request)

        with Front(server, metadata) as front:
            result, _ = export_of(site, front, "-o", "none.json")
        expect.status(result, 1)
        one_sentence(expect, "no $metadata", "wimplan-export", result.stderr)


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))

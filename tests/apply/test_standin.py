#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in behaves as its facts say, so that what is tested against it means something: test_standin.py BUILD [NAME…]."""

import http.client
import json
import sys
import time

from standin import BOOT, IMAGE, INSTALL, REFRESH, RELOAD, TOKEN, Site, run_tests


def loaded(build, folder, *options, **more):
    site = Site(build, folder)
    site.make_sources(after=False)
    site.make_export()
    site.make_sources(after=True)
    return site, site.start(*options, load=True, **more)


def call(server, package, action, body=None):
    return server.request("POST", f"{package['class']}('{package['id']}')/AdminService.{action}", {} if body is None else body)


def test_lazy_properties(build, folder, expect):
    site, server = loaded(build, folder)
    with server:
        package = site.packages[1]
        status, listed = server.get(IMAGE)
        entity = next(entity for entity in listed["value"] if entity["PackageID"] == package["id"])
        expect.equal(status, 200, "list")
        expect.equal(entity["ImageProperty"], None, "ImageProperty in a list")
        expect("ImageProperty" in entity["__LAZYPROPERTIES"], "the list names its lazy properties")
        expect.equal(entity["@odata.etag"], package["id"], "etag")
        whole = server.object(IMAGE, package["id"])
        expect("Windows 11 1" in whole["ImageProperty"], f"by key: {whole['ImageProperty']}")
        expect.equal(server.get(f"{IMAGE}/{package['id']}")[1]["value"][0], whole, "key as segment")
        expect.equal(server.get(f"sms_imagepackage('{package['id'].lower()}')")[0], 200, "any case")
        expect.equal(server.get(f"{INSTALL}('{package['id']}')")[0], 404, "another class")
        expect.equal(server.get(f"{IMAGE}('P0199999')")[0], 404, "no such package")
        expect.equal(server.get("SMS_Nothing")[0], 404, "no such class")
        expect.equal(server.get(BOOT)[1]["value"], [], "no boot images")


def test_queries(build, folder, expect):
    site, server = loaded(build, folder)
    with server:
        wanted = site.packages[2]["id"]
        status, found = server.get(f"{IMAGE}?$filter=PackageID%20eq%20'{wanted}'".replace("%20", "+"))
        expect.equal((status, [entity["PackageID"] for entity in found["value"]]), (200, [wanted]), "$filter")
        expect.equal(found["value"][0]["ImageProperty"], None, "$filter leaves lazy properties out")
        expect.equal(server.get(f"{IMAGE}/$count"), (200, 2), "$count")
        expect.equal(len(server.get(f"{IMAGE}?$top=1&$skip=1")[1]["value"]), 1, "$top")
        selected = server.get(f"{IMAGE}?$select=PackageID,Name")[1]["value"][0]
        expect.equal(sorted(selected), ["@odata.etag", "Name", "PackageID"], "$select")
        expect.equal(server.get(f"{IMAGE}?$filter=nonsense")[0], 400, "bad filter")


def test_metadata(build, folder, expect):
    site, server = loaded(build, folder)
    with server:
        status, text = server.get("$metadata")
        expect.equal(status, 200, "$metadata")
        expect.equal(text.count(f'<Action Name="{REFRESH}" IsBound="true">'), 3, "actions of three classes")
    with site.start("--no-bound-actions") as server:
        expect(RELOAD not in server.get("$metadata")[1], "no bound actions")
        expect.equal(call(server, site.packages[1], RELOAD)[0], 404, "an action that is not offered")


def test_other_sites(build, folder, expect):
    """What another site may offer, and give, otherwise."""
    site, server = loaded(build, folder, "--missing", f"{IMAGE}.{RELOAD}", "--lazy-in-lists", "--image-dates", "%d.%m.%Y")
    package = site.packages[1]
    with server:
        expect.equal(server.get("$metadata")[1].count(f'<Action Name="{RELOAD}"'), 2, "one class lacks it")
        expect.equal((call(server, package, RELOAD)[0], call(server, site.packages[0], RELOAD)[0]), (404, 201), "calls")
        expect(all("<WIM>" in row["ImageProperty"] for row in server.get(IMAGE)[1]["value"]), "lazy properties in a list")
        probed = server.request("POST", f"{IMAGE}.GetImageProperties", {"SourceImagePath": package["path"]})[1]["ImageProperty"]
        expect('"Creation date">13.12.2025<' in probed, probed)
    with site.start("--inherited-actions", "--read-only") as server:
        expect('BaseType="AdminService.SMS_PackageBaseclass"' in server.get("$metadata")[1], "the class above")
        expect.equal(call(server, package, REFRESH)[0], 403, "a change")
        expect.equal(server.request("POST", f"{IMAGE}.GetImageProperties", {"SourceImagePath": package["path"]})[0], 201, "a question")


def test_reload_reads_the_wim(build, folder, expect):
    site, server = loaded(build, folder)
    with server:
        for package in site.packages[:2]:
            before = server.object(package["class"], package["id"])
            expect.equal(call(server, package, RELOAD)[1]["ReturnValue"], 0, "ReturnValue")
            after = server.object(package["class"], package["id"])
            expect("10.0.22631.3007" in after["ImageProperty"] and "2861" in before["ImageProperty"], after["ImageProperty"])
            expect(after["SedoObjectVersion"] != before["SedoObjectVersion"], "SedoObjectVersion changes")
            expect.equal(after["SourceVersion"], 3, "SourceVersion")
            rows = server.get(f"SMS_ImageInformation?$filter=PackageID+eq+'{package['id']}'")[1]["value"]
            expect.equal([(row["Index"], row["OSVersion"], row["Architecture"]) for row in rows], [(1, "10.0.22631.3007", "9")], "rows")
        (site.folder / "sources" / site.packages[1]["file"]).write_bytes(b"no WIM at all")
        status, error = call(server, site.packages[1], RELOAD)
        expect.equal((status, error["error"]["innererror"]["SMS_ExtendedStatus"]["ErrorCode"]), (500, 13), "a file that is no WIM")
        (site.folder / "sources" / site.packages[1]["file"]).unlink()
        expect.equal(call(server, site.packages[1], RELOAD)[1]["error"]["innererror"]["SMS_ExtendedStatus"]["ErrorCode"], 2, "no file")


def test_refresh_and_distribution(build, folder, expect):
    site, server = loaded(build, folder, "--settle-delay", "0.6", "--dp-lag", "1")
    package = site.packages[1]

    def dps():
        return [(row["State"], row["SourceVersion"]) for row in server.get(
            f"SMS_PackageStatusDistPointsSummarizer?$filter=PackageID+eq+'{package['id']}'")[1]["value"]]

    with server:
        expect.equal(call(server, package, REFRESH)[0], 201, "status")
        at_once = server.object(IMAGE, package["id"])
        expect.equal((at_once["SourceVersion"], at_once["ActionInProgress"]), (3, 1), "at once")
        time.sleep(0.8)
        later = server.object(IMAGE, package["id"])
        expect.equal((later["SourceVersion"], later["ActionInProgress"]), (4, 0), "later")
        expect(later["SourceDate"] > "2026-01-09T22:41:00Z", "SourceDate")
        expect.equal(dps(), [(7, 3), (7, 3)], "DPs lag")
        time.sleep(1.1)
        expect.equal(dps(), [(0, 4), (0, 4)], "DPs caught up")
        call(server, package, REFRESH)
        call(server, package, REFRESH)
        time.sleep(0.8)
        expect.equal(server.object(IMAGE, package["id"])["SourceVersion"], 6, "every refresh counts")


def test_points_and_groups(build, folder, expect):
    """Ten points in two groups, of which the last two points fail: the first group has it before the second."""
    site, server = loaded(build, folder, "--dps", "10", "--groups", "2", "--dp-fail", "2", "--dp-lag", "0-4")
    package = site.packages[1]
    query = f"?$filter=PackageID+eq+'{package['id']}'"

    def states():
        return [row["State"] for row in server.get(f"SMS_PackageStatusDistPointsSummarizer{query}")[1]["value"]]

    with server:
        expect.equal(states(), [0] * 10, "what was loaded is everywhere")
        call(server, package, REFRESH)
        time.sleep(2.1)
        # Of the first group the even ones, but for the ninth, which fails.
        expect.equal(states(), [0, 7] * 4 + [3, 7], "the first group")
        time.sleep(2.2)
        expect.equal(states(), [0] * 8 + [3, 3], "both groups")
        messages = server.get(f"SMS_DistributionDPStatus{query}")[1]["value"]
        expect.equal([row["MessageState"] for row in messages], [1] * 8 + [3, 3], "messages")
        expect.equal([row["MessageID"] for row in messages], [2330] * 8 + [2398, 2323], "message ids")
        details = server.get(f"SMS_DPGroupDistributionStatusDetails{query}")[1]["value"]
        expect.equal(len({row["GroupID"] for row in details}), 2, "groups")
        expect.equal(len(server.get("SMS_DistributionPointInfo")[1]["value"]), 10, "points")
        expect.equal([row["ContentServerType"] for row in server.get(f"SMS_PackageContentServerInfo{query}")[1]["value"]], [2, 2],
                     "what it was given to")


def test_pages(build, folder, expect):
    site, server = loaded(build, folder, "--page-size", "2", "--dps", "3", "--absent", "SMS_Site")
    with server:
        found, path = [], "SMS_DistributionPoint?$filter=PackageType+eq+257+or+PackageType+eq+259"
        for _ in range(6):
            status, document = server.get(path)
            expect.equal(status, 200, path)
            expect(len(document["value"]) <= 2, "a page has more rows")
            found += [(row["PackageID"], row["ServerNALPath"]) for row in document["value"]]
            if "@odata.nextLink" not in document:
                break
            path = document["@odata.nextLink"].split("/wmi/")[1]
        expect.equal(len(found), 9, "rows on all pages")
        expect.equal(len(set(found)), 9, "rows are not repeated")
        expect.equal(server.get("SMS_DistributionPoint?$skiptoken=99-2")[0], 410, "a page that is not kept")
        expect.equal(server.get("SMS_Site")[0], 404, "an absent class")
        expect('"SMS_Site"' not in server.get("$metadata")[1], "an absent class in $metadata")
        expect('"SMS_Admin"' in server.get("$metadata")[1], "another class in $metadata")


def test_companions_by_key(build, folder, expect):
    site = Site(build, folder)
    site.make_sources(after=False)
    site.make_export()
    document = json.loads((folder / "load.json").read_text())
    document["value"] += [
        {"__CLASS": "SMS_TaskSequencePackage", "PackageID": "P0100050", "Name": "Deploy", "Sequence": "<sequence/>", "BootImageID": "P0100001"},
        {"__CLASS": "SMS_Advertisement", "AdvertisementID": "P0120001", "PackageID": "P0100050", "AssignedSchedule": [{"StartTime": "x"}]},
        {"__CLASS": "SMS_Admin", "AdminID": 1, "LogonName": "CONTOSO\\admin", "RoleNames": ["Full Administrator"]}]
    (folder / "load.json").write_text(json.dumps(document))
    with site.start(load=True) as server:
        expect.equal([row["Sequence"] for row in server.get("SMS_TaskSequencePackage")[1]["value"]], [None], "lazy in a list")
        expect.equal(server.object("SMS_TaskSequencePackage", "P0100050")["Sequence"], "<sequence/>", "by key")
        expect.equal(server.object("SMS_Advertisement", "P0120001")["AssignedSchedule"], [{"StartTime": "x"}], "a schedule by key")
        expect.equal(server.get("SMS_Advertisement('P0129999')")[0], 404, "no such deployment")
        expect.equal([row["RoleNames"] for row in server.get("SMS_Admin")[1]["value"]], [["Full Administrator"]], "roles")


def test_ownership_and_locks(build, folder, expect):
    site, server = loaded(build, folder, faults=[
        {"method": "POST", "path": "*RefreshPkgSource", "nth": 1, "action": "change-record", "package_id": "P010001B",
         "set": {"SourceSite": "P02"}},
        {"method": "POST", "path": "*ReloadImageProperties", "nth": 1, "action": "lock", "seconds": 0.5}])
    with server:
        status, error = call(server, site.packages[1], REFRESH)
        expect.equal((status, error["error"]["innererror"]["SMS_ExtendedStatus"]["ErrorCode"]), (500, 0x80460A05), "another site's")
        status, error = call(server, site.packages[2], RELOAD)
        expect.equal((status, error["error"]["innererror"]["SMS_ExtendedStatus"]["ErrorCode"]), (500, 0x40480732), "locked")
        expect.equal(call(server, site.packages[2], REFRESH)[0], 500, "still locked")
        time.sleep(0.6)
        expect.equal(call(server, site.packages[2], REFRESH)[0], 201, "free again")


def test_writing(build, folder, expect):
    site, server = loaded(build, folder, "--needs-commit")
    package = site.packages[1]
    path = f"{IMAGE}('{package['id']}')"
    with server:
        before = server.object(IMAGE, package["id"])
        call(server, package, RELOAD)
        waiting = server.object(IMAGE, package["id"])
        expect.equal(waiting["ImageProperty"], before["ImageProperty"], "not before the commit")
        expect.equal(server.request("PUT", path, {"Description": "x"})[0], 400, "mandatory properties")
        expect.equal(server.request("PUT", path, {**waiting, "SedoObjectVersion": "455AC6B2-0000-BA20-0658-ABDC4D42DEDF"})[0], 500,
                     "an old version")
        expect.equal(server.request("PUT", path, {**waiting, "SourceVersion": 77})[0], 200, "PUT")
        after = server.object(IMAGE, package["id"])
        expect("3007" in after["ImageProperty"], "after the commit")
        expect.equal(after["SourceVersion"], 3, "read-only")
        expect.equal(server.request("PATCH", path, {"Description": "new"})[0], 204, "PATCH")
        expect.equal(server.object(IMAGE, package["id"])["Description"], "new", "Description")
        expect.equal(server.request("PATCH", path, {"RefreshSchedule": [{}]})[0], 500, "RefreshSchedule")
        expect.equal(site.effects("commit"), {package["id"]: 2}, "commits")


def test_token(build, folder, expect):
    (folder / "token").write_text(TOKEN + "\n")
    site, server = loaded(build, folder, "--token-file", folder / "token")
    with server:
        expect.equal(server.get(IMAGE)[0], 401, "without")
        expect.equal(server.get(IMAGE, Authorization="Bearer other")[0], 401, "another")
        expect.equal(server.get(IMAGE, Authorization=f"Bearer {TOKEN}")[0], 200, "with")
        expect(TOKEN not in site.log.read_text(), "the token stands in the log")


def test_https(build, folder, expect):
    site = Site(build, folder, kinds=("both",))
    tls = site.make_ca()
    site.make_sources(after=False)
    site.make_export()
    with site.start(*tls, load=True) as server:
        expect.equal(server.get(INSTALL)[0], 200, "over TLS")


def test_faults(build, folder, expect):
    site, server = loaded(build, folder, faults=[
        {"path": "*/SMS_BootImagePackage", "nth": 1, "action": "status", "status": 429, "retry_after": 7},
        {"path": "*/SMS_BootImagePackage", "nth": 2, "action": "html", "status": 502},
        {"path": "*/SMS_BootImagePackage", "nth": 3, "action": "sql1205"},
        {"path": "*/SMS_BootImagePackage", "nth": 4, "action": "sql1205", "text": True},
        {"path": "*/SMS_BootImagePackage", "nth": 5, "action": "half-response"},
        {"path": "*/SMS_BootImagePackage", "nth": 6, "action": "close-before-read"},
        {"path": "*/SMS_BootImagePackage", "nth": 7, "action": "slow", "seconds": 0.5},
        {"method": "POST", "path": "*RefreshPkgSource", "nth": 1, "action": "close-after-effect"},
        {"method": "POST", "path": "*RefreshPkgSource", "nth": 2, "action": "return-value", "value": 5},
        {"method": "POST", "path": "*RefreshPkgSource", "nth": 3, "action": "no-effect"}])

    def broken(function):
        try:
            return function()
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__

    with server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", f"/AdminService/wmi/{BOOT}")
        answer = connection.getresponse()
        expect.equal((answer.status, answer.headers["Retry-After"]), (429, "7"), "429")
        connection.close()
        expect("<html>" in server.get(BOOT)[1], "html")
        expect.equal(server.get(BOOT)[1]["error"]["innererror"]["SMS_ExtendedStatus"]["SQLStatus"], 1205, "deadlock")
        expect("SQLStatus = 1205" in server.get(BOOT)[1]["error"]["message"], "deadlock as text")
        expect.equal(broken(lambda: server.get(BOOT)), "IncompleteRead", "half")
        expect.equal(broken(lambda: server.get(BOOT)), "RemoteDisconnected", "closed")
        began = time.monotonic()
        expect.equal(server.get(BOOT)[0], 200, "slow")
        expect(time.monotonic() - began >= 0.5, "slow is slow")
        package = site.packages[1]
        expect.equal(broken(lambda: call(server, package, REFRESH)), "RemoteDisconnected", "closed after")
        expect.equal(server.object(IMAGE, package["id"])["SourceVersion"], 4, "it took effect")
        expect.equal(call(server, package, REFRESH)[1]["ReturnValue"], 5, "return value")
        expect.equal(call(server, package, REFRESH)[1]["ReturnValue"], 0, "no effect")
        expect.equal(server.object(IMAGE, package["id"])["SourceVersion"], 4, "nothing more")


def test_dies_and_comes_back(build, folder, expect):
    faults = [{"method": "POST", "nth": 1, "action": "die-after-effect"}, {"method": "POST", "nth": 2, "action": "die"}]
    site, server = loaded(build, folder, faults=faults)
    package = site.packages[1]
    for wanted in (4, 4):
        with server:
            try:
                call(server, package, REFRESH)
                expect(False, "it lives")
            except (OSError, http.client.HTTPException):
                pass
            expect.equal(server.process.wait(5), 9, "exit status")
        server = site.start(faults=faults, port=server.port)
        expect.equal(server.object(IMAGE, package["id"])["SourceVersion"], wanted, "SourceVersion after coming back")
    with server:
        expect.equal(call(server, package, REFRESH)[0], 201, "alive")
    expect.equal(site.effects("refresh"), {package["id"]: 2}, "effects in the log")


def test_ends_by_itself(build, folder, expect):
    site = Site(build, folder, kinds=("none",))
    site.make_sources(after=False)
    site.make_export()
    server = site.start(load=True, lifetime=1)
    expect.equal(server.process.wait(10), 0, "exit status")
    server.stop()


def test_plan_of_the_test_site(build, folder, expect):
    """The ground of all other tests: each package needs what its kind says."""
    site = Site(build, folder, kinds=("both", "both", "reload", "refresh", "none")).make_plan()
    wanted = [(p["id"], action) for p in site.packages for action, kinds in
              ((RELOAD, ("both", "reload")), (REFRESH, ("both", "refresh"))) if p["kind"] in kinds]
    expect.equal(sorted(site.planned()), sorted(wanted), "planned")
    expect.equal(json.loads((folder / "plan.json").read_text())["body"]["complete"], True, "complete")


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))

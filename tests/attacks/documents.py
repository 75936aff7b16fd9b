# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans that are changed and sealed anew, and receipts of any content."""

import copy
import hashlib
import json

from place import FORMATS, HOSTILE, MARKS, NUMBERS, expect


def digest(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def seal(plan):
    """As whoever changes a plan would: both digests fit."""
    plan["plan_id"] = digest(plan["body"])
    if "beside_id" in plan:
        plan["beside_id"] = digest({key: value for key, value in plan.items() if key not in ("plan_id", "beside_id", "body")})
    return plan


def places(value, path=()):
    """Every place in a document: (path of keys, value)."""
    yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield from places(child, (*path, key))


def put(document, path, value):
    for key in path[:-1]:
        document = document[key]
    document[path[-1]] = value


def drop(document, path):
    for key in path[:-1]:
        document = document[key]
    del document[path[-1]]


def try_plan(place, what, plan, refused=None):
    """Both programs see the same in it. @refused: whether they have to refuse it; None: either."""
    name = place.write("hostile.json", plan)
    shown, _, err = place.call(what, "wimplan", "show", "--all", name, statuses=(0, 4))
    stands, _, said = place.call(what, "wimplan-apply", "status", name, statuses=(0, 4))
    expect(shown == stands or (shown == 0 and "nothing to apply" in said),
           f"{what}: show ends with {shown}, status with {stands}: {err[-200:]}{said[-200:]}")
    if refused is not None:
        expect((shown == 4) == refused, f"{what}: show ends with {shown}: {err[-200:]}")
    if shown != 0:
        return
    for form in FORMATS:
        place.call(what, "wimplan", "show", "--format", form, name, statuses=(0,), form=form)
    place.call(what, "wimplan-apply", "status", "--json", name, statuses=(0, 4), form="json")


def lies(plan):
    """What a plan may not say: (what, plan)."""
    def changed(what, change):
        copied = copy.deepcopy(plan)
        change(copied["body"])
        return what, seal(copied)

    first = next(i for i, entry in enumerate(plan["body"]["changes"]) if entry["status"] == "change")
    for key in plan["body"]["summary"]:
        yield changed(f"summary.{key}", lambda body: body["summary"].update({key: body["summary"][key] + 1}))
    yield changed("complete", lambda body: body.update(complete=not body["complete"]))
    yield changed("applyable", lambda body: body.update(applyable=not body["applyable"]))
    yield changed("a package twice", lambda body: body["changes"].append(copy.deepcopy(body["changes"][first])))
    yield changed("a package in both lists", lambda body: body["unchanged"].append(
        {**body["unchanged"][0], "package_id": body["changes"][first]["package_id"]}))
    for value in (9.0, "twelve", -1, True, [], {}):
        yield changed(f"SourceVersion {value!r}", lambda body: body["changes"][first]["preconditions"].update(SourceVersion=value))
    for key, values in (("status", ("gone", "", None, 1, "unchanged")), ("class", ("SMS_Package", None, 3)),
                        ("actions", (["Delete"], [3], None, ["RefreshPkgSource", "RefreshPkgSource"], {})),
                        ("package_id", ("", "P01\x1b[31m", "P0100001P0100001", None, "../../../x", "P010001'")),
                        ("reasons", (None, [1], [{}], [{"code": 1}])), ("priority", (1.5, "one", -1, [1])),
                        ("expect", ([], {"images": [{}]}, {"images": [{"index": 1.0}]}))):
        for value in values:
            yield changed(f"{key} {value!r}", lambda body: body["changes"][first].update({key: value}))
    for value in ("P\x1b1", "P01X", "", None, 1, "P0é"):
        yield changed(f"site_code {value!r}", lambda body: body.update(site_code=value))


def plan_attacks(plan):
    """(what, how) of every directed attack by a plan."""
    yield "the seal of this test", lambda place: expect(seal(copy.deepcopy(plan)) == plan, "the seal of this test is another one")
    yield "a sound plan", lambda place: try_plan(place, "a sound plan", plan, refused=False)
    for what, lie in lies(plan):
        yield what, lambda place, what=what, lie=lie: try_plan(place, f"a plan that lies: {what}", lie, refused=True)
    for text in ("", "{}", "[]", "null", "\0", "{" * 100000, "[" * 100000, '{"a":1,"a":2}', "\x1b[31m", '"\\u0000"'):
        yield "text", lambda place, text=text: try_plan(place, f"a plan that is {text[:20]!r}", text, refused=True)
    for path, value in places(plan):
        if isinstance(value, str) and path[-1] not in ("plan_id", "beside_id"):
            changed = copy.deepcopy(plan)
            put(changed, path, MARKS)
            what = f"a plan with marks in {'.'.join(map(str, path))}"
            yield what, lambda place, what=what, changed=seal(changed): try_plan(place, what, changed)


def random_plan(plan, chance):
    """A plan with some values changed, and sealed."""
    changed = copy.deepcopy(plan)
    for _ in range(chance.choice((1, 1, 2, 4))):
        every = [(path, value) for path, value in places(changed) if path]
        path, value = chance.choice(every)
        kind = chance.random()
        if kind < 0.1:
            drop(changed, path)
        elif kind < 0.5 and isinstance(value, str):
            put(changed, path, chance.choice(HOSTILE))
        elif kind < 0.6:
            put(changed, path, chance.choice(NUMBERS))
        elif kind < 0.8:
            put(changed, path, copy.deepcopy(chance.choice(every)[1]))
        else:
            put(changed, path, chance.choice([None, True, [], {}, [value], {"x": value}]))
    return seal(changed) if isinstance(changed.get("body"), (dict, list)) else changed


def attack_by_random_plan(place, chance):
    try_plan(place, "a random plan", random_plan(place.plan, chance))


def try_receipt(place, what, receipt):
    name = place.write("hostile.receipt.json", receipt)
    place.copy("cache.db", "receipt.db")
    for words in (("record", "--cache", "receipt.db", name), ("show", name), ("show", "--format", "markdown", name),
                  ("show", "--format", "html", name), ("show", "--format", "csv", name)):
        form = words[words.index("--format") + 1] if "--format" in words else "text"
        place.call(what, "wimplan", *words, statuses=(0, 3, 4), form=form)
    place.call(what, "wimplan", "baseline", "list", "--cache", "receipt.db", statuses=(0,))


def receipt_attacks(receipt):
    for text in ("", "{}", "[]", "null", "{" * 100000, '{"format":"wimplan-receipt","format_version":"1.0"}'):
        yield "text", lambda place, text=text: try_receipt(place, f"a receipt that is {text[:20]!r}", text)
    for path, value in places(receipt):
        for new in (MARKS, None, [], -1, 2**64, 9.0):
            if path and not isinstance(value, (dict, list)):
                changed = copy.deepcopy(receipt)
                put(changed, path, new)
                what = f"a receipt with {new!r:.12} in {'.'.join(map(str, path))}"
                yield what, lambda place, what=what, changed=changed: try_receipt(place, what, changed)


def attack_by_random_receipt(place, chance):
    receipt = copy.deepcopy(place.receipt)
    every = [path for path, _ in places(receipt) if path]
    for _ in range(chance.choice((1, 2))):
        try:
            put(receipt, chance.choice(every), chance.choice([*HOSTILE, *NUMBERS, None, [], {}]))
        except (TypeError, KeyError, IndexError):
            pass
    try_receipt(place, "a random receipt", receipt)

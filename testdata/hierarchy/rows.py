# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the made-up hierarchy, by class, as its provider has them; a datetime with a zone is UTC."""

import datetime
import random
import uuid

from facts import (BINARY_DELTA, CLASSES, DISTRIBUTED, DOMAIN, FAILED, INSTALLED, NOW, PENDING, PRIMARIES, RETRYING, SECONDARIES, SITE,
                   UPDATING, image_property)

MESSAGES = [2391, 2382, 2324, 8203]
# AdvertFlags: clients; clients, media and PXE; media and PXE alone (bits 18 and 28).
OFFERS = [0, 0x40000, 0x10040000]
HOUR = datetime.timedelta(hours=1)


def packages(hierarchy):
    rows = {}
    for package in hierarchy.packages:
        name, kind = CLASSES[package.kind]
        row = {
            "ActionInProgress": 0, "ImageProperty": image_property(package.before), "LastRefreshTime": DISTRIBUTED, "Name": package.name,
            "PackageID": package.id, "PackageType": kind, "PkgFlags": BINARY_DELTA if package.delta else 0, "PkgSourceFlag": 2,
            "PkgSourcePath": package.source, "Priority": package.priority, "RefreshSchedule": package.schedule,
            "SedoObjectVersion": str(uuid.UUID(int=package.number + 1)).upper(), "SourceDate": DISTRIBUTED, "SourceSite": package.owner,
            "SourceVersion": package.version, "StoredPkgVersion": package.version,
        }
        rows.setdefault(name, []).append(row)
    return rows


def state_row(package, point, state, number):
    """The summarizer's row of a package on a point."""
    older = package.version - 1
    version, state = {
        "current": (package.version, INSTALLED), "behind": (older, INSTALLED), "running": (older, [PENDING, RETRYING, UPDATING][number % 3]),
        "failed": (older, FAILED) if number % 2 else (package.version, INSTALLED), "removing": (older, 4),
    }[state]
    return {"LastCopied": DISTRIBUTED + HOUR, "PackageID": package.id, "PackageType": CLASSES[package.kind][1],
            "ServerNALPath": point.nal, "SiteCode": point.site, "SourceVersion": version, "State": state, "SummaryDate": NOW - 4 * HOUR}


def distribution(hierarchy):
    states, assigned, messages, groups, counts = [], [], [], [], []
    number = 0
    for package in hierarchy.packages:
        kind = CLASSES[package.kind][1]
        for point, state in package.states.items():
            number += 1
            assigned.append({"LastRefreshTime": DISTRIBUTED, "PackageID": package.id, "PackageType": kind, "ServerNALPath": point.nal,
                             "SiteCode": point.site, "SourceSite": package.owner, "Status": 3 if state == "removed" else 1})
            if state not in ("unknown", "removed"):
                states.append(state_row(package, point, state, number))
            if state == "failed" or number % 50 == 0 and state == "current":
                failed = state == "failed"
                messages.append({"DPName": point.server, "GroupID": "{A}", "ID": 72057594037927936 + number,
                                 "MessageID": MESSAGES[number % 4] if failed else 2330, "MessageState": 3 + number % 2 if failed else 1,
                                 "NALPath": point.nal, "PackageID": package.id, "SiteCode": point.site, "StatusTime": NOW - 5 * HOUR})
        groups.append({"ContentServerID": "{A}", "ContentServerType": 2, "Name": "All points", "PackageID": package.id})
        targeted = [state for state in package.states.values() if state not in ("removing", "removed")]
        counts.append({"NumberErrors": targeted.count("failed"), "NumberInProgress": targeted.count("running"),
                       "NumberSuccess": targeted.count("current") + targeted.count("behind"),
                       "NumberUnknown": targeted.count("unknown"), "ObjectID": package.id, "PackageID": package.id,
                       "SourceSize": 1, "SourceVersion": package.version, "Targeted": len(targeted)})
    return {"SMS_PackageStatusDistPointsSummarizer": states, "SMS_DistributionPoint": assigned,
            "SMS_DPGroupDistributionStatusDetails": messages, "SMS_PackageContentServerInfo": groups, "SMS_ObjectContentExtraInfo": counts}


def places(hierarchy):
    points = [{"AddressScheduleEnabled": False, "IsPullDP": point.kind == "pull", "NALPath": point.nal,
               "PreStagingAllowed": point.kind == "prestaged", "RateLimitsEnabled": point.number % 5 == 0,
               "Region": "West Europe" if point.kind == "cloud" else "", "ServerName": point.server,
               "ServiceType": 1 if point.kind == "cloud" else 0, "SiteCode": point.site, "TransferRate": point.rate}
              for point in hierarchy.points]
    sites = [(SITE, "", 4)] + [(code, SITE, 2) for code in PRIMARIES] + [(code, parent, 1) for code, parent in SECONDARIES.items()]
    return {"SMS_DistributionPointInfo": points,
            "SMS_Site": [{"ReportingSiteCode": parent, "ServerName": f"{code.lower()}.{DOMAIN}", "SiteCode": code,
                          "SiteName": f"Site {code}", "Type": kind} for code, parent, kind in sites]}


def sequences(hierarchy):
    kinds = {package.id: CLASSES[package.kind][1] for package in hierarchy.packages}
    rows, references, deployments = [], [], []
    for sequence in hierarchy.sequences:
        listed = sorted({step.package.id for step in sequence.steps if step.enabled} | {sequence.boot.id})
        rows.append({"BootImageID": sequence.boot.id if sequence.read else "", "Name": sequence.name, "PackageID": sequence.id,
                     "ReferencesCount": len(listed), "Sequence": sequence.xml() if sequence.read else "", "TsEnabled": sequence.enabled})
        references += [{"Level": "0", "ObjectID": package, "ObjectType": kinds[package], "PackageID": sequence.id,
                        "RefPackageID": package} for package in listed]
        if sequence.number % 4 != 1:
            deployments.append({
                "AdvertFlags": OFFERS[sequence.number % 3], "AdvertisementID": f"{SITE}{0x20000 + sequence.number:05X}",
                "AdvertisementName": sequence.name, "CollectionID": f"{SITE}{0x300 + sequence.number:05X}",
                "ExpirationTime": NOW - 24 * HOUR if sequence.expired else None,
                "OfferType": 0 if sequence.required else 2, "PackageID": sequence.id, "PresentTime": NOW + sequence.number * HOUR})
    return {"SMS_TaskSequencePackage": rows, "SMS_TaskSequencePackageReference_Flat": references, "SMS_Advertisement": deployments}


def rows_of(hierarchy):
    """Class → rows, in an order that no reader may rely on."""
    rows = packages(hierarchy) | distribution(hierarchy) | places(hierarchy) | sequences(hierarchy)
    for name, list_ in rows.items():
        random.Random(name).shuffle(list_)
    return rows

# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows as the tools of a site export them: the AdminService, ConvertTo-Json, Export-Clixml and Export-Csv; one file for a class."""

import csv
import datetime
import io
import json
from xml.sax.saxutils import escape, quoteattr

from facts import SITE, Schedule

LAZY = ["AlternateContentProviders", "ExtendedData", "ExtendedDataSize", "IconSize", "ImageDiskLayout", "ImageProperty", "ISVData",
        "ISVDataSize", "RefreshPkgSourceFlag", "RefreshSchedule"]
CIM = "Microsoft.Management.Infrastructure.CimInstance"


def iso(time, form="%Y-%m-%dT%H:%M:%SZ"):
    return time.strftime(form)


def milliseconds(time):
    """What Windows PowerShell 5.1 makes of a date."""
    known = time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)
    return f"/Date({int(known.timestamp()) * 1000})/"


def admin_service(name, rows):
    """An answer to a list; packages as they are when asked for by key, joined."""
    def value(item):
        if isinstance(item, Schedule):
            fields = {key: value(field) for key, field in item.object.items() if key != "__CLASS"}
            return [{"@odata.type": f"#AdminService.{item.object['__CLASS']}", **fields}]
        return iso(item) if isinstance(item, datetime.datetime) else item

    entities = []
    for row in rows:
        entity = {"@odata.etag": row.get("PackageID", ""), **{key: value(item) for key, item in row.items() if item is not None}}
        if "ImageProperty" in row:
            entity["__LAZYPROPERTIES"] = [lazy for lazy in LAZY if name != "SMS_OperatingSystemInstallPackage" or lazy != "ImageDiskLayout"]
        entities.append(entity)
    context = f"https://cas01.corp.example/AdminService/wmi/$metadata#{name}"
    return json.dumps({"@odata.context": context, "value": entities}, indent=1).encode()


def convert_to_json(name, rows):
    """CimInstances through ConvertTo-Json and Out-File of Windows PowerShell: UTF-16 with a byte order mark."""
    def value(item):
        if isinstance(item, Schedule):
            return [{**{key: value(field) for key, field in item.object.items() if key != "__CLASS"}, "PSComputerName": None,
                     "CimClass": f"root/sms/site_{SITE}:{item.object['__CLASS']}", "CimInstanceProperties": "x"}]
        return milliseconds(item) if isinstance(item, datetime.datetime) else item

    objects = [{**{key: value(item) for key, item in row.items()}, "PSComputerName": "CAS01",
                "CimClass": {"CimSuperClassName": "SMS_BaseClass"}, "CimInstanceProperties": ["x = 1"],
                "CimSystemProperties": {"Namespace": f"root/sms/site_{SITE}", "ServerName": "CAS01", "ClassName": name}} for row in rows]
    text = json.dumps(objects, indent=1).replace('"/Date(', '"\\/Date(').replace(')/"', ')\\/"')
    return b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le")


def clixml(name, rows):
    """What Export-Clixml writes."""
    identities = {}

    def properties(items):
        return "<Props>" + "".join(element(key, item) for key, item in items) + '<Nil N="PSComputerName" /></Props>'

    def object_of(kind, items, attributes=""):
        first = kind not in identities
        number = identities.setdefault(kind, len(identities))
        types = f'<TN RefId="{number}"><T>{CIM}#root/sms/site_{SITE}/{kind}</T><T>{CIM}</T></TN>' if first else f'<TNRef RefId="{number}" />'
        return f"<Obj{attributes}>{types}{properties(items)}</Obj>"

    def element(key, item):
        named = f"N={quoteattr(key)}"
        if item is None:
            return f"<Nil {named} />"
        if isinstance(item, Schedule):
            items = [pair for pair in item.object.items() if pair[0] != "__CLASS"]
            return f"<Obj {named}><LST>{object_of(item.object['__CLASS'], items)}</LST></Obj>"
        if isinstance(item, bool):
            return f"<B {named}>{str(item).lower()}</B>"
        if isinstance(item, int):
            return f"<U64 {named}>{item}</U64>"
        if isinstance(item, datetime.datetime):
            return f"<DT {named}>{iso(item) if item.tzinfo else iso(item, '%Y-%m-%dT%H:%M:%S')}</DT>"
        return f"<S {named}>{escape(item)}</S>"

    objects = "\n".join(object_of(name, row.items()) for row in rows)
    text = f'<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">\n{objects}\n</Objs>\n'
    return b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le")


def export_csv(name, rows):
    """Export-Csv -Encoding UTF8 of Windows PowerShell, dates and schedules as text as wimplan-records(5) has it."""
    def cell(item):
        if isinstance(item, Schedule):
            return item.text
        if isinstance(item, datetime.datetime):
            return iso(item, "%Y-%m-%dT%H:%M:%S.0000000Z")
        return "" if item is None else str(item)

    text = io.StringIO()
    text.write(f"#TYPE {CIM}#root/sms/site_{SITE}/{name}\r\n")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    columns = list(rows[0])
    writer.writerow(columns)
    writer.writerows([cell(row[column]) for column in columns] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


# Name: the writer, and how its files end.
SHAPES = {"adminservice": (admin_service, "json"), "powershell": (convert_to_json, "json"), "clixml": (clixml, "xml"),
          "csv": (export_csv, "csv")}

// SPDX-License-Identifier: GPL-3.0-or-later
// Objects of WMI for CimSite.psm1. Those of PowerShell are made by a native library, MI, that PowerShell does not bring to Linux
// any more. These have what wimplan's scripts touch of them, under the same names; the exception and its codes are PowerShell's own.
using System;
using System.Collections.Generic;

namespace CimSite
{
    public sealed class CimProperty
    {
        public CimProperty(string name, object value)
        {
            Name = name;
            Value = value;
        }

        public string Name { get; }

        public object Value { get; }
    }

    // Names are compared without regard to case, and one that is not there gives nothing.
    public sealed class CimProperties : List<CimProperty>
    {
        public CimProperty this[string name] =>
            Find(property => string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase));
    }

    public sealed class CimSystemProperties
    {
        public CimSystemProperties(string className, string nameSpace)
        {
            ClassName = className;
            Namespace = nameSpace;
        }

        public string ClassName { get; }

        public string Namespace { get; }
    }

    public sealed class CimInstance
    {
        public CimInstance(string className, string nameSpace)
        {
            CimSystemProperties = new CimSystemProperties(className, nameSpace);
        }

        public CimSystemProperties CimSystemProperties { get; }

        public CimProperties CimInstanceProperties { get; } = new CimProperties();
    }
}

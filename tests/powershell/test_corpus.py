#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts that are made of the fuzzers' plans, and of what their mutator makes of these, read by PowerShell's own parser:
test_corpus.py BUILD [NAME…]."""

import os
import subprocess
import sys

from scripts import BUILD, HERE, PWSH, quoted, run_tests

FUZZ = HERE.parent / "fuzz"
# Errors of the parser; and what the plan in a script is made of, when that could do anything else than be a table of texts.
PARSE = """
$ErrorActionPreference = 'Stop'
$allowed = 'AssignmentStatementAst', 'VariableExpressionAst', 'CommandExpressionAst', 'HashtableAst', 'StringConstantExpressionAst',
    'ConstantExpressionAst', 'ArrayExpressionAst', 'StatementBlockAst', 'ArrayLiteralAst', 'ParenExpressionAst', 'PipelineAst',
    'UnaryExpressionAst', 'ConvertExpressionAst', 'TypeConstraintAst'
$wrong = 0
$files = [IO.Directory]::GetFiles({folder}, '*.ps1')
foreach ($file in $files) {
    $tokens = $null; $errors = $null
    $ast = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref]$tokens, [ref]$errors)
    foreach ($one in $errors) { "$file`: $one"; $wrong++ }
    $plans = @($ast.EndBlock.Statements | Where-Object { $_ -is [System.Management.Automation.Language.AssignmentStatementAst] -and $_.Left.Extent.Text -eq '$plan' })
    if ($plans.Count -ne 1) { "$file`: $($plans.Count) plans"; $wrong++; continue }
    foreach ($part in $plans[0].FindAll({ $true }, $true)) {
        if ($allowed -notcontains $part.GetType().Name) { "$file`: $($part.GetType().Name) $($part.Extent.Text)"; $wrong++ }
    }
}
"$($files.Count) scripts, $wrong wrong"
exit [int]($wrong -gt 0)
"""


def test_plans_of_the_fuzzers(build, folder, expect):
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "scripts"
    kept.mkdir()
    subprocess.run([BUILD / "fuzz" / "fuzz_plan", FUZZ / "corpus" / "fuzz_plan"], env=os.environ | {"FUZZ_KEEP": str(kept)}, check=True)
    result = subprocess.run([PWSH, "-NoProfile", "-NonInteractive", "-Command", PARSE.replace("{folder}", quoted(kept))],
                            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180)
    expect.status(result, 0)
    expect(len(list(kept.iterdir())) > 20, f"scripts: {result.stdout[-200:]}")


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))

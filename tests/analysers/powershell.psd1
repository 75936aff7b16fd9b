# What PSScriptAnalyzer looks for in the scripts that wimplan writes and installs.
@{
    Severity     = @('Warning', 'Error')
    ExcludeRules = @(
        # Whoever runs them sits there and reads; what a pipeline takes is the receipt. From PowerShell 5 on it can be redirected.
        'PSAvoidUsingWriteHost'
        # New-Step, Set-Outcome and their like are inner functions over the script's own values.
        'PSUseShouldProcessForStateChangingFunctions'
    )
    Rules        = @{
        # Windows PowerShell is what a site server has.
        PSUseCompatibleSyntax = @{ Enable = $true; TargetVersions = @('5.1', '7.0') }
    }
}

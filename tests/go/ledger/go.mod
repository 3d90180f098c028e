module ledger

// Older toolchains build it as well: the file that needs a newer language has build constraints.
go 1.18

module signatures

// Older toolchains build it as well: the files that need a newer language have build constraints.
go 1.18

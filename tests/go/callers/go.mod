module callers

// Older toolchains build it as well: the file that needs a newer language has a build constraint.
go 1.18

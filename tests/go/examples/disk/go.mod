module disk

go 1.19

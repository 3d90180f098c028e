module assembly

go 1.15

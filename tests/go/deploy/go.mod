module deploy

go 1.15

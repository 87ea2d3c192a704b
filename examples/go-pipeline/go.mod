module example.com/go-pipeline

go 1.21

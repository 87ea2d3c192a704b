// A pipeline in Go with nothing but the standard library: it prints what Gofer's API takes.
// `gofer up` runs it with `go run .` and reads its standard output.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// Condition says how a parent must have ended for its dependant to run.
type Condition string

const (
	Any     Condition = "Any"
	Success Condition = "Success"
	Failure Condition = "Failure"
)

type Task struct {
	ID                    string               `json:"id"`
	Description           string               `json:"description,omitempty"`
	Image                 string               `json:"image"`
	Command               []string             `json:"command,omitempty"`
	DependsOn             map[string]Condition `json:"depends_on"`
	Variables             map[string]string    `json:"variables"`
	InjectAPIToken        bool                 `json:"inject_api_token"`
	AlwaysPullNewestImage bool                 `json:"always_pull_newest_image"`
}

type Pipeline struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Parallelism int64  `json:"parallelism"`
	Tasks       []Task `json:"tasks"`
}

func shell(script string) []string { return []string{"sh", "-c", script} }

func main() {
	regions := []string{"eu", "us", "ap"}
	after := map[string]Condition{}
	tasks := []Task{{ID: "pack", Image: "busybox:latest", Command: shell("echo packed")}}

	for _, region := range regions {
		id := "ship-" + region
		after[id] = Success
		tasks = append(tasks, Task{
			ID:        id,
			Image:     "busybox:latest",
			Command:   shell(`echo "shipped to $REGION"`),
			DependsOn: map[string]Condition{"pack": Success},
			Variables: map[string]string{"REGION": region},
		})
	}
	tasks = append(tasks,
		Task{ID: "announce", Image: "busybox:latest", Command: shell("echo everywhere"), DependsOn: after},
		Task{ID: "apologise", Image: "busybox:latest", Command: shell("echo sorry"), DependsOn: map[string]Condition{"pack": Failure}},
	)

	pipeline := Pipeline{ID: "go-pipeline", Name: "Shipping, in Go", Parallelism: 1, Tasks: tasks}
	if err := json.NewEncoder(os.Stdout).Encode(pipeline); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

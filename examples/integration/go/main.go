// Starts a platform, recommends it by the update, and prints where it stands.
// Run it again: nothing happens twice.
//
//	go run . application.json recommendation.json
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatalln("usage: go run . application.json recommendation.json")
	}
	// Maps and plain structs go out as json/plain. Generated protobuf types would not: never send one.
	application, recommendation := read(os.Args[1]), read(os.Args[2])
	c, err := client.Dial(client.Options{ // where these are empty: 127.0.0.1:7233, and "default"
		HostPort:  os.Getenv("TEMPORAL_ADDRESS"),
		Namespace: os.Getenv("TEMPORAL_NAMESPACE"),
	})
	if err != nil {
		log.Fatalln(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := run(ctx, c, application, recommendation); err != nil {
		log.Fatalln(err)
	}
}

func run(ctx context.Context, c client.Client, application, recommendation map[string]any) error {
	id := fmt.Sprintf("platform:%v", application["platform_id"])
	if err := apply(ctx, c, id, application); err != nil {
		return err
	}
	receipt, err := decide(ctx, c, id, recommendation)
	if err != nil {
		return err
	}
	log.Printf("entry %d of the log, repeated: %v", receipt.Seq, receipt.Repeated)
	view, err := state(ctx, c, id)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(view)
}

// apply starts a term; the same application again is answered by the case that it began.
func apply(ctx context.Context, c client.Client, id string, application map[string]any) error {
	options := client.StartWorkflowOptions{
		ID:                       id,
		TaskQueue:                "pingtai",
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		// Without it the SDK answers with the run that is there, as if it had started.
		WorkflowExecutionErrorWhenAlreadyStarted: true,
	}
	if application["previous"] != nil { // a next term is a new run of the same id
		options.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	}
	_, err := c.ExecuteWorkflow(ctx, options, "Platform", application)
	var started *serviceerror.WorkflowExecutionAlreadyStarted
	if !errors.As(err, &started) {
		return err
	}
	view, err := state(ctx, c, id)
	if err != nil {
		return err
	}
	if view.Platform == nil || view.Platform.Facts.ApplicationID != application["application_id"] {
		return fmt.Errorf("%s runs, or ran, by another application", id)
	}
	return nil
}

// decide sends a decision by the update and waits for the receipt.
func decide(ctx context.Context, c client.Client, id string, decision map[string]any) (*Receipt, error) {
	handle, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID:   id,
		UpdateName:   "decide",
		Args:         []any{decision},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil { // no answer: it may still be taken, so send it again with the same decision_id
		return nil, err
	}
	var receipt Receipt
	err = handle.Get(ctx, &receipt)
	var failure *temporal.ApplicationError
	var refusal Refusal
	if errors.As(err, &failure) && failure.Type() == "Refused" && failure.Details(&refusal) == nil {
		return nil, fmt.Errorf("refused (%s): %s / %s; awaited: %v",
			refusal.Rule, refusal.En, refusal.Zh, refusal.Awaited)
	}
	return &receipt, err // of the type InvalidMessage, it names the fields that are wrong
}

// state asks the case. Between two of its runs there is a moment in which nobody can be asked.
func state(ctx context.Context, c client.Client, id string) (*CaseView, error) {
	answer, err := c.QueryWorkflow(ctx, id, "", "state")
	for err != nil && strings.Contains(err.Error(), "not scheduled yet") && ctx.Err() == nil {
		time.Sleep(100 * time.Millisecond)
		answer, err = c.QueryWorkflow(ctx, id, "", "state")
	}
	if err != nil {
		return nil, err
	}
	var view CaseView
	return &view, answer.Get(&view)
}

func read(file string) map[string]any {
	text, err := os.ReadFile(file)
	var message map[string]any
	if err == nil {
		err = json.Unmarshal(text, &message)
	}
	if err != nil {
		log.Fatalln(file, err)
	}
	return message
}

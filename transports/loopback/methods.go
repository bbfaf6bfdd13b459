package loopback

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"

	"isthmus/transports/loopback/wire"
)

// procedure carries out a method, with what stands under "params".
type procedure func(params json.RawMessage) (result json.RawMessage, err error)

// methods are those of remote, by their names. The server of net/rpc would find them by itself, but with it in the program the linker keeps every
// method of every package: a sixth of the gateway's memory at the start.
func methods(r *remote) map[string]procedure {
	return map[string]procedure{
		"AddPerson":       method(r.AddPerson),
		"TakeOver":        method(r.TakeOver),
		"FindPerson":      method(r.FindPerson),
		"Do":              method(r.Do),
		"Next":            method(r.Next),
		"Past":            method(r.Past),
		"Quit":            method(r.Quit),
		"AddRoom":         method(r.AddRoom),
		"AddSpace":        method(r.AddSpace),
		"FindRoom":        method(r.FindRoom),
		"SetRules":        method(r.SetRules),
		"Cut":             method(r.Cut),
		"Refuse":          method(r.Refuse),
		"Revoke":          method(r.Revoke),
		"Renew":           method(r.Renew),
		"Deny":            method(r.Deny),
		"SetWeather":      method(r.SetWeather),
		"SetCapabilities": method(r.SetCapabilities),
		"Fill":            method(r.Fill),
		"AddLogin":        method(r.AddLogin),
		"Shown":           method(r.Shown),
		"Approve":         method(r.Approve),
		"SetPicture":      method(r.SetPicture),
		"Describe":        method(r.Describe),
		"Wear":            method(r.Wear),
		"Post":            method(r.Post),
		"AddThread":       method(r.AddThread),
		"Announce":        method(r.Announce),
	}
}

func method[Arguments, Answer any](do func(Arguments, *Answer) error) procedure {
	return func(params json.RawMessage) (json.RawMessage, error) {
		var arguments [1]Arguments
		var answer Answer
		if err := json.Unmarshal(params, &arguments); err != nil {
			return nil, err
		}
		if err := do(arguments[0], &answer); err != nil {
			return nil, err
		}
		result, err := json.Marshal(answer)
		if bytes.Equal(result, []byte("null")) { // an empty list; without a result there would have to be an error
			result = []byte("[]")
		}
		return result, err
	}
}

// serve answers calls as JSON-RPC 1.0 has them, side by side, until the other end says no more.
func serve(methods map[string]procedure, socket io.ReadWriter) {
	var answering sync.Mutex
	var calls sync.WaitGroup
	defer calls.Wait()
	answers := json.NewEncoder(socket)
	for requests := json.NewDecoder(socket); ; {
		var request struct {
			ID, Params json.RawMessage
			Method     string
		}
		if requests.Decode(&request) != nil {
			return
		}
		calls.Go(func() {
			answer := struct {
				ID     json.RawMessage `json:"id"`
				Result json.RawMessage `json:"result"`
				Error  any             `json:"error"`
			}{ID: request.ID}
			err := fmt.Errorf("there is no method %q", request.Method)
			if do := methods[strings.TrimPrefix(request.Method, wire.Service+".")]; do != nil {
				answer.Result, err = do(request.Params)
			}
			if err != nil {
				answer.Error = err.Error()
			}
			answering.Lock()
			defer answering.Unlock()
			_ = answers.Encode(answer) // who is gone needs none
		})
	}
}

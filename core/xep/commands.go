package xep

import (
	"isthmus/core/stanza"

	xmpp "mellium.im/xmpp/stanza"
)

// NSCommands is the namespace of ad-hoc commands and the node that lists them (XEP-0050 §7.1, §7.3).
const NSCommands = "http://jabber.org/protocol/commands"

// The actions that a client may take (XEP-0050 §4.1); the empty one is ActionExecute.
const (
	ActionExecute  = "execute"
	ActionNext     = "next"
	ActionPrev     = "prev"
	ActionComplete = "complete"
	ActionCancel   = "cancel"
)

// The states of a command (XEP-0050 §4.1).
const (
	StatusExecuting = "executing"
	StatusCompleted = "completed"
	StatusCanceled  = "canceled"
)

// The conditions that explain an error (XEP-0050 §4.4).
const (
	MalformedAction = "malformed-action"
	BadAction       = "bad-action"
	BadPayload      = "bad-payload"
	BadSession      = "bad-sessionid"
	SessionExpired  = "session-expired"
)

// CommandRequest is what a client asks of a command (XEP-0050 §4.1).
type CommandRequest struct {
	Node, Session, Action string
	// Form is the form it sends, nil where there is none.
	Form *stanza.Element
}

// ParseCommand finds a request to a command (XEP-0050 §2.4).
func ParseCommand(s *stanza.Stanza) (CommandRequest, bool) {
	if s.Kind != stanza.IQ || s.Type != "set" {
		return CommandRequest{}, false
	}
	c := s.Child(NSCommands, "command")
	if c == nil {
		return CommandRequest{}, false
	}
	r := CommandRequest{Node: c.Attr("node"), Session: c.Attr("sessionid"), Action: c.Attr("action"), Form: c.Child(nsForm, "x")}
	if r.Action == "" {
		r.Action = ActionExecute
	}
	return r, true
}

// Note tells how a command goes (XEP-0050 §4.3).
type Note struct {
	// Level is NoteInfo, NoteWarn or NoteError.
	Level, Text string
}

// The levels of a Note (XEP-0050 §4.3).
const (
	NoteInfo  = "info"
	NoteWarn  = "warn"
	NoteError = "error"
)

// CommandResult is the answer to a request.
type CommandResult struct {
	Node, Session, Status string
	// Actions are those allowed besides cancel; the last one is what execute means.
	Actions []string
	Notes   []Note
	// Form is a form or a report, nil where there is none.
	Form *stanza.Element
}

// Element is the command with its state (XEP-0050 §4).
func (r CommandResult) Element() *stanza.Element {
	c := stanza.New(NSCommands, "command", "node", r.Node, "sessionid", r.Session, "status", r.Status)
	if len(r.Actions) > 0 {
		actions := stanza.New("", "actions", "execute", r.Actions[len(r.Actions)-1])
		for _, a := range r.Actions {
			actions.Add(stanza.New("", a))
		}
		c.Add(actions)
	}
	for _, n := range r.Notes {
		c.Add(stanza.Text("", "note", n.Text).Set("type", n.Level))
	}
	return c.Add(r.Form)
}

// CommandError refuses a request for one of the conditions above (XEP-0050 §4.4).
func CommandError(condition, text string) *stanza.Error {
	e := &stanza.Error{Type: xmpp.Modify, Condition: xmpp.BadRequest, Text: text, Detail: stanza.New(NSCommands, condition)}
	if condition == SessionExpired {
		e.Type, e.Condition = xmpp.Cancel, xmpp.NotAllowed
	}
	return e
}

// CommandItem is one entry in the list of commands.
type CommandItem struct{ Node, Name string }

// CommandItems is the list of the commands at an address (XEP-0050 §2.2).
func CommandItems(at stanza.JID, commands []CommandItem) *stanza.Element {
	q := stanza.New(nsItems, "query", "node", NSCommands)
	for _, c := range commands {
		q.Add(stanza.New("", "item", "jid", at.String(), "node", c.Node, "name", c.Name))
	}
	return q
}

// CommandListInfo describes the list of commands (XEP-0050 §7.2).
func CommandListInfo(name string) Info {
	return Info{Category: "automation", Type: "command-list", Name: name, Features: features(nsInfo, nsItems, NSCommands)}
}

// CommandInfo describes one command (XEP-0050 §2.2).
func CommandInfo(name string) Info {
	return Info{Category: "automation", Type: "command-node", Name: name, Features: features(nsInfo, NSCommands, nsForm)}
}

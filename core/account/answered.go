package account

import (
	"encoding/json"

	"isthmus/core/stanza"
	"isthmus/core/store"
)

// answered is what the journal has of a command that has ended: the answer to its sender, until the server has that.
type answered struct {
	// Answer is what the answer holds, as it is written in a stanza.
	Answer   string
	Kind, ID string
	Type     string
}

// keepAnswer ends commands of a client's stanza with the answer that it gets next: the journal keeps that until the server has it, so that a crash leaves nobody
// without a word. Then awaitServer is to be called.
func (a *Account) keepAnswer(s *stanza.Stanza, ends []store.Change, changes ...store.Change) {
	if len(ends) == 0 {
		a.Store.Write(nil, changes...)
		return
	}
	var content []byte
	for _, child := range s.Payload {
		content = child.Append(content)
	}
	data, _ := json.Marshal(answered{Answer: string(content), Kind: string(s.Kind), ID: s.ID, Type: s.Type}) // it has nothing that JSON cannot say
	first := ends[0].(store.End)
	a.Store.Write(nil, append(append(changes, store.Answer{ID: first.ID, Data: data}), ends[1:]...)...)
	a.progress.next.also = append(a.progress.next.also, first)
}

// refuseEnded is refuse for a stanza whose commands have ended.
func (a *Account) refuseEnded(s *stanza.Stanza, e *stanza.Error, ends []store.Change) {
	a.keepAnswer(s.Refuse(e), ends)
	a.refuse(s, e)
	a.awaitServer()
}

// receiptEnded is receipt for a stanza whose commands have ended, with what else is to be written of that.
func (a *Account) receiptEnded(s *stanza.Stanza, ends []store.Change, changes ...store.Change) {
	r := receiptOf(s)
	if r == nil {
		a.Store.Write(nil, append(changes, ends...)...)
		return
	}
	a.keepAnswer(r, ends, changes...)
	a.Stream.Reply(r)
	a.awaitServer()
}

// Answered is the answer that an earlier run had for a command of the journal; false where it had none yet.
func Answered(c store.Command) (*stanza.Stanza, bool) {
	var kept answered
	if json.Unmarshal(c.Data, &kept) != nil || kept.Answer == "" {
		return nil, false
	}
	from, err := stanza.ParseJID(c.To)
	to, problem := stanza.ParseJID(c.From)
	if err != nil || problem != nil {
		return nil, false
	}
	return &stanza.Stanza{Kind: stanza.Kind(kept.Kind), Type: kept.Type, ID: kept.ID, From: from, To: to, Payload: stanza.Parse([]byte(kept.Answer))}, true
}

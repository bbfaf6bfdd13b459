package core

import (
	"context"

	"isthmus/core/relay"
	"isthmus/core/store"
)

// relayMemory keeps what the relay of a MUC has passed on.
type relayMemory struct {
	store *store.Store
	muc   string
}

// Load reads it.
func (m relayMemory) Load(ctx context.Context) (lines []relay.Kept, marks map[string]string, err error) {
	marks = map[string]string{}
	all, err := m.store.RelayMarks(ctx, m.muc)
	if err != nil {
		return nil, marks, err
	}
	for _, mark := range all {
		marks[mark.Room] = mark.Message
	}
	kept, err := m.store.RelayLines(ctx, m.muc)
	for _, l := range kept {
		lines = append(lines, relay.Kept{Seq: l.Seq, Data: l.Data})
	}
	return lines, marks, err
}

// Keep hands it to the store's writer.
func (m relayMemory) Keep(lines []relay.Kept, marks map[string]string, forget int64, done func(error)) {
	var changes []store.Change
	for _, l := range lines {
		changes = append(changes, store.PutRelayLine{RelayLine: store.RelayLine{MUC: m.muc, Seq: l.Seq, At: l.At.UnixMilli(), Data: l.Data}})
	}
	for room, message := range marks {
		changes = append(changes, store.PutRelayMark{RelayMark: store.RelayMark{MUC: m.muc, Room: room, Message: message}})
	}
	if forget > 0 {
		changes = append(changes, store.DropRelayLines{MUC: m.muc, Upto: forget})
	}
	m.store.Write(done, changes...)
}

package relay

import (
	"context"
	"strings"

	"isthmus/transports"
)

// Visit comes into a room of a network and waits until somebody who owns it or administers it says words, which it returns with the room's own id; the error is
// a Fault, also when ctx ends. here is called, once, when it is there, with the room's id; inside, it is told what to answer
// to those who say the words and have no right to: refusal.
func Visit(ctx context.Context, s transports.Session, room transports.RoomID, words, refusal string, here func(transports.RoomID)) (transports.RoomID, error) {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	v := &visit{session: s, id: room, words: words, refusal: refusal, here: here, ctx: ctx, leave: leave, rulers: rulers{}, faults: make(chan error, 1)}
	err := s.Run(ctx, v.event)
	select {
	case fault := <-v.faults:
		return "", fault
	default:
	}
	switch {
	case v.agreed:
		return v.id, nil
	case err == nil:
		err = &transports.Fault{Kind: transports.Offline, Text: "Nobody who may has agreed in time."}
	}
	return "", err
}

type visit struct {
	session        transports.Session
	id             transports.RoomID
	words, refusal string
	here           func(transports.RoomID)
	ctx            context.Context
	leave          context.CancelFunc
	self           transports.UserID
	live, agreed   bool
	rulers         rulers
	faults         chan error
}

// event runs on the session's goroutine.
func (v *visit) event(e transports.Event) {
	v.rulers.event(e, v.id)
	switch e := e.(type) {
	case transports.Online:
		v.self = e.Self.ID
		if !v.live {
			go v.join(v.id)
		}
	case transports.Room:
		if v.live && e.Room != v.id {
			return
		}
		v.id, v.live = e.Room, true
		v.rulers.are(e.Members)
		if v.here != nil {
			v.here(e.Room)
			v.here = nil
		}
	case transports.MemberLeft:
		if e.Room == v.id && e.User.ID == v.self {
			v.fail(&transports.Fault{Kind: transports.Forbidden, Text: "I was put out of the room on the network."})
		}
	case transports.Message:
		v.heard(e)
	}
}

func (v *visit) join(room transports.RoomID) {
	v.session.Do(v.ctx, transports.Join{Room: room}, func(_ transports.Result, err error) {
		switch fault := transports.AsFault(err); {
		case err == nil:
		case fault.Kind == transports.Moved && fault.To != room:
			go v.join(fault.To)
		default:
			v.fail(fault)
		}
	})
}

func (v *visit) fail(fault error) {
	select {
	case v.faults <- fault:
	default:
	}
	v.leave()
}

func (v *visit) heard(e transports.Message) {
	if e.Own || e.Replayed || e.Place.Room != v.id || !strings.Contains(strings.ToLower(e.Text.String()), v.words) {
		return
	}
	if v.rulers[e.From.ID] {
		v.agreed = true
		v.leave()
		return
	}
	if e.Style == transports.Notice {
		return
	}
	answer := transports.Send{Place: e.Place, Style: transports.Notice, Nonce: nonce(), Text: plain(v.refusal)}
	go v.session.Do(v.ctx, answer, func(transports.Result, error) {})
}

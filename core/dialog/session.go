package dialog

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
)

// session is one execution of a command by a client (XEP-0050 §3.3).
type session struct {
	id      string
	command *Command
	who     Asker
	// stages are the forms asked so far; the last is the one that waits for answers.
	stages  []stage
	touched time.Time
	// working is the request whose step runs now, else nil; stop ends it, and canceling is the request to.
	working   *stanza.Stanza
	stop      context.CancelFunc
	canceling *stanza.Stanza
}

// stage is a form and what was answered to it.
type stage struct {
	form *xep.Form
	then Step
	more bool
	// left hears that nobody will answer (Outcome.Abandon), nil where nobody cares or a step has the answer.
	left func()
	// answers are those given, nil where there were none yet.
	answers xep.Answers
}

func (se *session) stale(now time.Time) bool {
	return se.working == nil && now.Sub(se.touched) > idleTime
}

// nonceSize is how many random bytes a session's id has, and as many prove whose it is.
const nonceSize = 16

// issue makes the id of a session: unguessable, and bound to the full JID, the place and the command (XEP-0050 §3.3).
func (f *Faces) issue(who Asker, node string) string {
	id := make([]byte, nonceSize, 2*nonceSize)
	rand.Read(id) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(append(id, f.proof(id, who, node)...))
}

// issued tells whether the id was made for that client, place and command, though its session may have ended.
func (f *Faces) issued(id string, who Asker, node string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(id)
	return err == nil && len(raw) == 2*nonceSize && hmac.Equal(raw[nonceSize:], f.proof(raw[:nonceSize], who, node))
}

func (f *Faces) proof(nonce []byte, who Asker, node string) []byte {
	mac := hmac.New(sha256.New, f.key)
	mac.Write(nonce)
	for _, part := range []string{who.Person.String(), who.Place, node} {
		sum := sha256.Sum256([]byte(part)) // of one length, so that no part can run into the next
		mac.Write(sum[:])
	}
	return mac.Sum(nil)[:nonceSize]
}

func (p *person) session(id string) *session {
	for _, se := range p.sessions {
		if se.id == id {
			return se
		}
	}
	return nil
}

// leave ends the dialogue at the form that waits.
func (se *session) leave() {
	if last := len(se.stages) - 1; last >= 0 {
		Outcome{Abandon: se.stages[last].left}.left()
		se.stages[last].left = nil
	}
}

func (p *person) end(se *session) {
	se.leave()
	p.sessions = slices.DeleteFunc(p.sessions, func(other *session) bool { return other == se })
}

// makeRoom lets the oldest session go that waits for its person, for clients seldom cancel what they leave. It tells whether
// there is room.
func (p *person) makeRoom() bool {
	if len(p.sessions) < maxSessions {
		return true
	}
	i := slices.IndexFunc(p.sessions, func(se *session) bool { return se.working == nil })
	if i < 0 {
		return false
	}
	p.end(p.sessions[i])
	return true
}

package relay

import (
	"context"
	"slices"
	"time"

	"isthmus/transports"
)

// Own is an account of somebody's own on a network, through which they want to be heard there.
type Own struct {
	// User is who they are there.
	User transports.UserID
	// Do carries out a command, as that of a transports.Session.
	Do func(ctx context.Context, c transports.Command, done func(transports.Result, error))
}

// mouth is who says something on a network: a double, an account of somebody's own, or, where it is neither, the relay's account.
type mouth struct {
	double *double
	own    *own
}

// own is an account of somebody's own at work. What it says the relay's account hears as well, maybe before it is known what it is called: until then what that user
// says waits, for they may also write there themselves.
type own struct {
	account  Own
	room     *foreign
	underWay int
	held     []transports.Message
	// said is what was said of which the network told no id.
	said []unnamed
}

// unnamed are words that come back without a name.
type unnamed struct {
	words string
	at    time.Time
}

// unnamedFor is how long after it was said something without a name may come back.
const unnamedFor = time.Minute

// ownOf is the account through which somebody of the MUC wants to be heard, nil for none.
func (f *foreign) ownOf(t *task) *own {
	if f.Own == nil || t.speaker == nil || t.notOwn {
		return nil
	}
	found, ok := f.Own(*t.speaker)
	if !ok {
		return nil
	}
	o := f.owns[found.User]
	if o == nil {
		o = &own{room: f}
		f.owns[found.User] = o
	}
	o.account = found
	return o
}

// says notes that something is on its way through the account.
func (o *own) says(c transports.Command) {
	if _, is := c.(transports.Send); is {
		o.underWay++
	}
}

// answered takes what came of it, and hears what has waited for that.
func (o *own) answered(c transports.Command, result transports.Result, err error) {
	send, is := c.(transports.Send)
	if !is {
		return
	}
	if nameless := err == nil && len(result.Parts) == 0; nameless || transports.AsFault(err).Kind == transports.UnknownOutcome {
		o.said = slices.DeleteFunc(o.said, func(s unnamed) bool { return time.Since(s.at) >= unnamedFor })
		o.said = append(o.said, unnamed{send.Text.String(), time.Now()})
	}
	if o.underWay--; o.underWay > 0 {
		return
	}
	held := o.held
	o.held = nil
	for _, e := range held {
		o.room.heard(e)
	}
}

// takes tells whether a message is to wait, or is what was said through the account.
func (o *own) takes(e transports.Message) bool {
	if o.underWay > 0 {
		o.held = append(o.held, e)
		return true
	}
	words := e.Text.String()
	for i, s := range o.said {
		if s.words == words && time.Since(s.at) < unnamedFor {
			o.said = append(o.said[:i:i], o.said[i+1:]...)
			return true
		}
	}
	return false
}

// spare tells whether the relay's account may say what one's own could not.
func spare(err error) bool {
	switch transports.AsFault(err).Kind {
	case transports.Forbidden, transports.NotFound, transports.Unsupported, transports.BadCredentials, transports.Offline, transports.Gone:
		return true
	}
	return false
}

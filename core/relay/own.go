package relay

import (
	"context"
	"slices"
	"time"

	"isthmus/mapping/text"
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
	held     []held
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
func (f *foreign) ownOf(who *Speaker) *own {
	if f.Own == nil || who == nil {
		return nil
	}
	found, ok := f.Own(*who)
	if !ok {
		return nil
	}
	o := f.ownBy(found.User)
	o.account = found
	return o
}

// ownBy is the account that is a user of the network, to be used once it is known again how.
func (f *foreign) ownBy(user transports.UserID) *own {
	o := f.owns[user]
	if o == nil {
		o = &own{room: f, account: Own{User: user}}
		f.owns[user] = o
	}
	return o
}

// mouthOf is who has said a message, and so can change it; the fault tells that they cannot be asked now.
func (f *foreign) mouthOf(l *line) (mouth, *transports.Fault) {
	by := l.copies[f].by
	if by.own == nil || by.own.account.Do != nil {
		return by, nil
	}
	if l.speaker != nil && f.Own != nil { // it was said before a restart
		if found, ok := f.Own(*l.speaker); ok && found.User == by.own.account.User {
			by.own.account = found
			return by, nil
		}
	}
	return mouth{}, &transports.Fault{Kind: transports.Forbidden, Text: "It was said through an account of your own, which I cannot use now. Change it on the network itself."}
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
	waited := o.held
	o.held = nil
	for _, h := range waited {
		o.room.release(h)
	}
}

// holds tells whether a message is to wait, for it may be what is on its way through the account.
func (o *own) holds(h held) bool {
	if o.underWay > 0 {
		o.held = append(o.held, h)
	}
	return o.underWay > 0
}

// hasSaid tells whether something is what was said through the account and came to no name.
func (o *own) hasSaid(t text.Text) bool {
	words := t.String()
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

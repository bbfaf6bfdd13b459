package core

import (
	"context"
	"errors"
	"sync"
	"time"

	"isthmus/core/avatar"
	"isthmus/core/stanza"
	"isthmus/core/xep"
)

// portraits are the pictures of people who share an account, as networks can show them: at an address that anybody can fetch. Accounts
// ask for them when they connect, hence the mutex.
type portraits struct {
	jid     stanza.JID
	request func(iq *stanza.Stanza, deadline time.Duration, answer func(*stanza.Stanza))
	// put gives a picture an address where anybody may fetch it, nil where files are not carried: nobody has a picture then.
	put func(context.Context, avatar.Picture) (url string, err error)

	mu  sync.Mutex
	all map[string]*portrait // by whose it is, and its version where that is known
}

// portrait is one person's.
type portrait struct {
	mu   sync.Mutex
	hash string
	url  string
	next time.Time // when it is asked for again; of the mutex of all
}

const (
	// portraitFresh is for how long a picture is not asked for again, portraitAgain when that failed, portraitDeadline how long its owner's server may take.
	portraitFresh    = 12 * time.Hour
	portraitAgain    = 5 * time.Minute
	portraitDeadline = time.Minute
)

// of gives a person's picture, whose address is found in the meantime where it is not known.
func (p *portraits) of(who stanza.JID) func() string {
	if p.put == nil {
		return nil
	}
	return p.named(who.String(), func(take func(picture []byte, err error)) {
		p.request(xep.VCardRequest(p.jid, who), portraitDeadline, func(answer *stanza.Stanza) { take(photoIn(answer)) })
	}).address
}

// photoIn is the picture in the answer to a VCardRequest, empty where there is none; it fails where that is not known now.
func photoIn(answer *stanza.Stanza) ([]byte, error) {
	if answer == nil {
		return nil, errors.New("no answer")
	}
	switch condition := answer.Condition(); condition {
	case "remote-server-timeout", "remote-server-not-found", "resource-constraint", "internal-server-error":
		return nil, errors.New(string(condition))
	}
	return xep.ParsePhoto(answer), nil
}

// maxPortraits is how many are remembered; the addresses of more are found anew.
const maxPortraits = 20_000

// named is the picture of that name; load is asked for it where it is not known, and must not block.
func (p *portraits) named(name string, load func(take func(picture []byte, err error))) *portrait {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := p.all[name]
	if found == nil {
		if len(p.all) >= maxPortraits {
			clear(p.all)
		}
		found = &portrait{}
		p.all[name] = found
	}
	if now := time.Now(); now.After(found.next) {
		found.next = now.Add(portraitFresh)
		load(func(picture []byte, err error) {
			if err != nil {
				p.later(found)
				return
			}
			go p.take(found, picture)
		})
	}
	return found
}

func (f *portrait) address() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.url
}

// later has a picture asked for again before long; until then its owner is shown without.
func (p *portraits) later(f *portrait) {
	go func() { // it may be load that says so, which the mutex waits for
		p.mu.Lock()
		defer p.mu.Unlock()
		f.next = time.Now().Add(portraitAgain)
	}()
}

// take makes a picture that clients accept of what a person has, and puts it where it can be fetched.
func (p *portraits) take(f *portrait, source []byte) {
	picture, err := avatar.Convert(source, avatar.Face)
	f.mu.Lock()
	known := err == nil && picture.Hash == f.hash
	f.mu.Unlock()
	if err != nil || known {
		return // no picture, or none that can be shown
	}
	ctx, cancel := context.WithTimeout(context.Background(), portraitDeadline)
	defer cancel()
	url, err := p.put(ctx, picture)
	if err != nil {
		p.later(f)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hash, f.url = picture.Hash, url
}

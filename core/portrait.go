package core

import (
	"context"
	"io"
	"strings"
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
	// put gives a file an address (media.Transport.PutOwn), nil where files are not carried: nobody has a picture then.
	put func(ctx context.Context, name, kind string, purpose xep.Purpose, write func(io.Writer) error) (url string, err error)

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
	return p.named(who.String(), func(take func(picture []byte)) {
		p.request(xep.VCardRequest(p.jid, who), portraitDeadline, func(answer *stanza.Stanza) { take(xep.ParsePhoto(answer)) })
	}).address
}

// maxPortraits is how many are remembered; the addresses of more are found anew.
const maxPortraits = 20_000

// named is the picture of that name; load is asked for it where it is not known, and must not block.
func (p *portraits) named(name string, load func(take func(picture []byte))) *portrait {
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
		load(func(picture []byte) { go p.take(found, picture) })
	}
	return found
}

func (f *portrait) address() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.url
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
	// Servers that hold files tell their type by the end of the name.
	url, err := p.put(ctx, "portrait."+strings.TrimPrefix(picture.Type, "image/"), picture.Type, xep.ForProfile, func(w io.Writer) error {
		_, err := w.Write(picture.Data)
		return err
	})
	if err != nil { // they are shown without one
		p.mu.Lock()
		defer p.mu.Unlock()
		f.next = time.Now().Add(portraitAgain)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hash, f.url = picture.Hash, url
}

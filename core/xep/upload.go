package xep

import (
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"isthmus/core/stanza"
)

const (
	nsUpload  = "urn:xmpp:http:upload:0"
	nsPurpose = "urn:xmpp:http:upload:purpose:0"
)

// Purpose is what a file is put somewhere for, by which a service decides how long to keep it (XEP-0363 §5).
type Purpose string

// The purposes.
const (
	ForMessage   Purpose = "message"   // a part of a conversation
	ForProfile   Purpose = "profile"   // a picture of a person
	ForOneReader Purpose = "ephemeral" // fetched once and soon
)

// DiscoverItems asks what belongs to an entity (XEP-0030 §4.1).
func DiscoverItems() *stanza.Element { return stanza.New(nsItems, "query") }

// DiscoverInfo asks what an entity is (XEP-0030 §3.1).
func DiscoverInfo() *stanza.Element { return stanza.New(nsInfo, "query") }

// ParseItems reads the answer to DiscoverItems.
func ParseItems(answer *stanza.Stanza) []stanza.JID {
	var all []stanza.JID
	for _, item := range answer.Child(nsItems, "query").Children() {
		if jid, err := stanza.ParseJID(item.Attr("jid")); err == nil && item.Is(nsItems, "item") && item.Attr("node") == "" {
			all = append(all, jid)
		}
	}
	return all
}

// UploadService is what a service that takes files says of itself.
type UploadService struct {
	// Largest is how many bytes a file may have, 0 where it does not say.
	Largest int64
	// Purposes are those that it knows.
	Purposes []Purpose
}

// ParseUploadService reads the answer to DiscoverInfo; ok is false where it is not that of a service that takes files (XEP-0363 §4).
func ParseUploadService(answer *stanza.Stanza) (service UploadService, ok bool) {
	query := answer.Child(nsInfo, "query")
	for _, e := range query.Children() {
		feature := e.Attr("var")
		purpose, isPurpose := strings.CutPrefix(feature, nsPurpose+"#")
		switch {
		case e.Is(nsInfo, "feature") && feature == nsUpload:
			ok = true
		case e.Is(nsInfo, "feature") && isPurpose:
			service.Purposes = append(service.Purposes, Purpose(purpose))
		case e.Is(nsForm, "x") && formType(e) == nsUpload:
			for _, field := range e.Children() {
				if field.Attr("var") == "max-file-size" {
					service.Largest = positive(trim(field.Child(nsForm, "value").Text()))
				}
			}
		}
	}
	return service, ok
}

func formType(form *stanza.Element) string {
	for _, field := range form.Children() {
		if field.Attr("var") == "FORM_TYPE" {
			return trim(field.Child(nsForm, "value").Text())
		}
	}
	return ""
}

// SlotRequest asks for a place to upload a file to (XEP-0363 §5). The purpose is told to a service that knows it.
func (s UploadService) SlotRequest(name string, size int64, mediaType string, purpose Purpose) *stanza.Element {
	request := stanza.New(nsUpload, "request", "filename", name, "size", strconv.FormatInt(size, 10), "content-type", mediaType)
	if slices.Contains(s.Purposes, purpose) {
		request.Add(stanza.New(nsPurpose, string(purpose)))
	}
	return request
}

// Slot is where a file is put, and where it can be fetched then.
type Slot struct {
	Put, Get string
	Header   textproto.MIMEHeader
}

// slotHeaders are the only ones that a service may ask for (XEP-0363 §5).
var slotHeaders = []string{"Authorization", "Cookie", "Expires"}

// ParseSlot reads the answer to a SlotRequest.
func ParseSlot(answer *stanza.Stanza) (Slot, bool) {
	e := answer.Child(nsUpload, "slot")
	put := e.Child(nsUpload, "put")
	slot := Slot{Put: trim(put.Attr("url")), Get: trim(e.Child(nsUpload, "get").Attr("url")), Header: textproto.MIMEHeader{}}
	for _, h := range put.Children() {
		name := textproto.CanonicalMIMEHeaderKey(withoutBreaks(h.Attr("name")))
		if h.Is(nsUpload, "header") && slices.Contains(slotHeaders, name) {
			slot.Header.Add(name, withoutBreaks(h.Text())) // §11: newlines must be taken out
		}
	}
	_, putOK := webAddress(slot.Put)
	_, getOK := webAddress(slot.Get)
	return slot, putOK && getOK
}

// ParseTooLarge tells from the refusal of a SlotRequest how large a file may be (XEP-0363 §6).
func ParseTooLarge(answer *stanza.Stanza) (largest int64, ok bool) {
	e := answer.Child("", "error").Child(nsUpload, "file-too-large")
	return positive(trim(e.Child(nsUpload, "max-file-size").Text())), e != nil
}

func withoutBreaks(text string) string {
	return strings.TrimSpace(strings.NewReplacer("\r", "", "\n", "").Replace(text))
}

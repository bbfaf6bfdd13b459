package xep

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAFileIsSharedWithAllThatIsKnownOfIt(t *testing.T) {
	sum := sha256.Sum256([]byte("cat"))
	f := File{URL: "https://x.example/c.jpg", Name: "c.jpg", Type: "image/jpeg", Size: 3, Width: 40, Height: 30, SHA256: sum[:],
		Thumbnail: &Thumbnail{URI: "data:image/jpeg;base64,AAAA", Type: "image/jpeg", Width: 4, Height: 3}}
	hash := base64.StdEncoding.EncodeToString(sum[:])
	rendered(t, FileSharing(f), `<file-sharing xmlns='urn:xmpp:sfs:0' disposition='inline'><file xmlns='urn:xmpp:file:metadata:0'>`+
		`<media-type>image/jpeg</media-type><name>c.jpg</name><size>3</size><width>40</width><height>30</height>`+
		`<hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>`+hash+`</hash>`+
		`<thumbnail xmlns='urn:xmpp:thumbs:1' uri='data:image/jpeg;base64,AAAA' media-type='image/jpeg' width='4' height='3'/></file>`+
		`<sources><url-data xmlns='http://jabber.org/protocol/url-data' target='https://x.example/c.jpg'/></sources></file-sharing>`)
	rendered(t, FileSharing(File{URL: "https://x.example/c"}), `<file-sharing xmlns='urn:xmpp:sfs:0' disposition='attachment'><file xmlns='urn:xmpp:file:metadata:0'/>`+
		`<sources><url-data xmlns='http://jabber.org/protocol/url-data' target='https://x.example/c'/></sources></file-sharing>`)
}

func TestWhatIsSharedIsReadBack(t *testing.T) {
	sum := sha256.Sum256(nil)
	f := File{URL: "https://x.example/c.jpg", Name: "c.jpg", Type: "image/jpeg", Description: "a cat", Size: 3, Width: 40, Height: 30, SHA256: sum[:]}
	s := read(t, `<message>`+string(FileSharing(f).Append(nil))+`</message>`)
	if diff := cmp.Diff([]File{f}, ParseShared(s, "").Files); diff != "" {
		t.Error(diff)
	}
}

func TestWhatALyingClientTellsOfAFileIsTakenForUnknown(t *testing.T) {
	s := read(t, `<message><file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'><size>-1</size><width>99999999999999999999</width><height>x</height>
		<name>../../etc/passwd</name><hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>AAAA</hash></file>
		<sources><url-data xmlns='http://jabber.org/protocol/url-data' target='https://x.example/c'/></sources></file-sharing></message>`)
	if diff := cmp.Diff([]File{{URL: "https://x.example/c", Name: "passwd"}}, ParseShared(s, "").Files); diff != "" {
		t.Error(diff)
	}
}

func TestAFileMayBeAtSeveralPlaces(t *testing.T) {
	const source = `<url-data xmlns='http://jabber.org/protocol/url-data' target='%s'/>`
	s := read(t, `<message><body>http://x.example/c</body><file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'><name>c</name></file><sources>`+
		fmt.Sprintf(source, "magnet:?xt=1")+fmt.Sprintf(source, "http://x.example/c")+fmt.Sprintf(source, "https://y.example/c")+`</sources></file-sharing>
		<x xmlns='jabber:x:oob'><url>http://x.example/c</url></x></message>`)
	got := ParseShared(s, "http://x.example/c")
	if diff := cmp.Diff([]File{{URL: "https://y.example/c", Others: []string{"http://x.example/c"}, Name: "c"}}, got.Files); diff != "" || got.Text != "" {
		t.Error(got.Text, diff)
	}
	if links := got.Links("http://x.example/c"); links != "http://x.example/c" {
		t.Errorf("as links: %q", links)
	}
}

package xep

import (
	"strings"
	"testing"
	"unicode/utf8"
)

const (
	catURL = "https://x.example/cat.jpg"
	catOOB = `<x xmlns='jabber:x:oob'><url>` + catURL + `</url></x>`
	catSFS = `<file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'><name>Tom.jpg</name><size>7</size><desc>Tom asleep</desc></file>
		<sources><url-data xmlns='http://jabber.org/protocol/url-data' target='` + catURL + `'/></sources></file-sharing>`
)

func TestABodyThatOnlyStandsForAFileIsNoText(t *testing.T) {
	for _, c := range []struct{ payload, body, text, links string }{
		{catOOB, catURL, "", catURL},
		{catOOB, " " + catURL + "\n", "", catURL + "\n"},
		{catOOB + catSFS, "Tom asleep: " + catURL, "", "Tom asleep: " + catURL},
		{catOOB, "look\n" + catURL, "look", "look\n" + catURL},
		{catOOB, "is it " + catURL + " or not?", "is it " + catURL + " or not?", "is it " + catURL + " or not?"},
		{catSFS, "a cat", "a cat", "a cat\n" + catURL},
		{catSFS, "", "", catURL},
		{"", catURL, catURL, catURL},
		{`<x xmlns='jabber:x:oob'><url>geo:1,2</url></x>`, "geo:1,2", "geo:1,2", "geo:1,2"},
	} {
		got := ParseShared(read(t, "<message>"+c.payload+"</message>"), c.body)
		if got.Text != c.text || got.Sealed || got.Unreachable || strings.TrimSpace(got.Links(c.body)) != strings.TrimSpace(c.links) {
			t.Errorf("%q with %s: text %q, links %q", c.body, c.payload, got.Text, got.Links(c.body))
		}
	}
}

func TestABodyThatIsMarkedAsAFallbackIsNoText(t *testing.T) {
	marked := `<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:sfs:0'>`
	for payload, text := range map[string]string{
		catSFS + marked + `<body/></fallback>`:                   "",
		catSFS + marked + `</fallback>`:                          "",
		catSFS + marked + `<body start='2' end='5'/></fallback>`: "a cat: see there",
		marked + `<body/></fallback>`:                            "a cat: see there", // of a file that is not there
	} {
		if got := ParseShared(read(t, "<message><body>a cat: see there</body>"+payload+"</message>"), "a cat: see there"); got.Text != text {
			t.Errorf("%s: %q", payload, got.Text)
		}
	}
}

func TestAFileIsAMessageOfItsOwn(t *testing.T) {
	var message strings.Builder
	for _, e := range SharedFile(File{URL: catURL, Name: "Tom.jpg"}) {
		message.Write(e.Append(nil))
	}
	if !SharesFile([]byte(message.String())) || SharesFile([]byte("<body>urn:xmpp:sfs:0</body>")) {
		t.Error("a file is not known by what was rendered")
	}
	s := read(t, "<message>"+message.String()+"</message>")
	got := ParseShared(s, s.ChildText("", "body"))
	if s.ChildText("", "body") != catURL || len(got.Files) != 1 || got.Text != "" || got.Files[0].Name != "Tom.jpg" {
		t.Errorf("%+v", got)
	}
}

func TestOneFileToldOfTwiceIsOneFile(t *testing.T) {
	got := ParseShared(read(t, "<message>"+catOOB+catSFS+"</message>"), catURL)
	if len(got.Files) != 1 || got.Files[0].Name != "Tom.jpg" || got.Files[0].Size != 7 || len(got.Elements) != 2 {
		t.Errorf("%+v", got)
	}
}

func TestFilesThatAreEncryptedForOneReaderAreKnown(t *testing.T) {
	sealed := `<file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'/><sources><encrypted xmlns='urn:xmpp:esfs:0' cipher='x'/></sources></file-sharing>`
	for payload, body := range map[string]string{
		`<x xmlns='jabber:x:oob'><url>aesgcm://x.example/a#00</url></x>`: "aesgcm://x.example/a#00",
		`<subject/>`: "AESGCM://x.example/a#00",
		sealed:       "",
	} {
		if got := ParseShared(read(t, "<message>"+payload+"</message>"), body); !got.Sealed || len(got.Files) != 0 {
			t.Errorf("%s: %+v", payload, got)
		}
	}
}

func TestNamesOfFilesAreNoPaths(t *testing.T) {
	long := strings.Repeat("ä", 300)
	for given, want := range map[string]string{
		"cat.jpg": "cat.jpg", "../../etc/passwd": "passwd", `C:\users\me\cat.jpg`: "cat.jpg", "..": "", ".": "", "/": "", "": "", "a\nb\x00.txt": "ab.txt",
		"\u202egpj.exe": "gpj.exe", "a\"b<c>.txt": "abc.txt", ".htaccess": "htaccess", long + ".jpg": long[:196] + ".jpg", "Grüße aus Köln.pdf": "Grüße aus Köln.pdf",
	} {
		if got := CleanFileName(given); got != want {
			t.Errorf("%q became %q, not %q", given, got, want)
		}
	}
}

func FuzzNamesOfFiles(f *testing.F) {
	f.Add("../a\\b/.c\x00\u202e" + strings.Repeat("ä", 150) + ".jpg")
	f.Fuzz(func(t *testing.T, given string) {
		name := CleanFileName(given)
		if len(name) > maxFileName || strings.ContainsAny(name, "/\\\x00\r\n\"") || !utf8.ValidString(name) || name == "." || name == ".." {
			t.Errorf("%q became %q", given, name)
		}
	})
}

package media

import (
	"bytes"
	"mime"
	"net/http"
	"path"
	"strings"
	"unicode/utf8"
)

// sniffed is how much of a file is looked at to tell what it is.
const sniffed = 512

// typeOf tells the media type of a file from its first bytes, what its server says, what its sender says and its name. What the content
// shows by itself goes before what anyone says of it.
func typeOf(head []byte, served, told, name string) string {
	seen := http.DetectContentType(head)
	if kind := bare(seen); strings.HasPrefix(kind, "image/") || kind == "application/pdf" || kind == "text/html" {
		return kind
	}
	for _, said := range []string{bare(told), bare(served), bare(mime.TypeByExtension(path.Ext(name)))} {
		if said == "" || said == "application/octet-stream" || strings.HasPrefix(said, "image/") && !mayBeImage(head, said) {
			continue
		}
		return said
	}
	if kind := bare(seen); kind != "text/plain" || len(head) > 0 && isText(head) {
		return kind
	}
	return "application/octet-stream"
}

// isText tells whether the first bytes of a file are text in UTF-8, whose last character may be cut.
func isText(head []byte) bool {
	for cut := 0; cut < utf8.UTFMax && cut <= len(head); cut++ {
		if utf8.Valid(head[:len(head)-cut]) {
			return true
		}
	}
	return false
}

// mayBeImage tells whether something that is called an image can be one: those kinds that the sniffer knows, it would have found.
func mayBeImage(head []byte, said string) bool {
	switch said {
	case "image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp":
		return false
	case "image/svg+xml":
		return bytes.Contains(head, []byte("<svg")) || bytes.HasPrefix(bytes.TrimSpace(head), []byte("<?xml"))
	}
	return true
}

// bare is a media type in lower case and without parameters, empty where it is none.
func bare(said string) string {
	kind, _, err := mime.ParseMediaType(said)
	if err != nil || !strings.Contains(kind, "/") || len(kind) > 100 {
		return ""
	}
	return kind
}

// extensions are those that people know, for types of which the system's table has several or none.
var extensions = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/avif": ".avif", "image/heic": ".heic",
	"video/mp4": ".mp4", "video/webm": ".webm", "video/quicktime": ".mov", "audio/mpeg": ".mp3", "audio/ogg": ".ogg", "audio/mp4": ".m4a",
	"audio/webm": ".weba", "audio/wav": ".wav", "application/pdf": ".pdf", "application/zip": ".zip", "text/plain": ".txt",
}

// named is a name for a file that has none, and one with an extension where it lacks it: clients tell by it what an address leads to.
func named(name, kind string) string {
	if name == "" {
		name = "file"
	}
	if path.Ext(name) == "" {
		name += extensions[kind]
	}
	return name
}

// shownInline tells whether a browser may show a file of that type where it stands: nothing in which a script could be.
func shownInline(kind string) bool {
	if kind == "image/svg+xml" {
		return false
	}
	top, _, _ := strings.Cut(kind, "/")
	return top == "image" || top == "video" || top == "audio" || kind == "text/plain"
}

// maxDescription bounds what is told of a file in words, in characters.
const maxDescription = 1000

// described is a description on one line, and not too long.
func described(words string) string {
	words = strings.ToValidUTF8(strings.Join(strings.Fields(words), " "), "")
	if all := []rune(words); len(all) > maxDescription {
		return string(all[:maxDescription])
	}
	return words
}

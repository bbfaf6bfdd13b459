package configs

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
)

// Web is about HTTP.
type Web struct {
	// Listen is where what is public is served: "host:port", or "unix:/path" for a reverse proxy. Nothing is served without it.
	Listen string `mapstructure:"listen"`
	// URL is its public address, such as https://gateway.example.org.
	URL string `mapstructure:"url"`
	// Certificate and Key are files for TLS, where no reverse proxy does it.
	Certificate string `mapstructure:"certificate"`
	Key         string `mapstructure:"key"`
	// Private is where metrics and profiles are served, to the operator alone.
	Private string `mapstructure:"private"`
}

// Files is about the files that people and networks send.
type Files struct {
	// Through says where clients fetch the files of networks: "web" is our own listener, "upload" the XMPP server's upload service (XEP-0363).
	Through string `mapstructure:"through"`
	// UploadService is the JID of that service, where it is not to be looked for.
	UploadService string `mapstructure:"upload_service"`
	// Hosts are those that may be at private addresses, such as the upload service's: "host" or "host:port".
	Hosts []string `mapstructure:"hosts"`
	// MaxFile is the largest file that is passed on, in MiB.
	MaxFile int64 `mapstructure:"max_file_mib"`
	// Cache is the folder of what was fetched last; it holds CacheSize MiB at most, and each file for CacheDays after it was last asked for.
	Cache     string `mapstructure:"cache"`
	CacheSize int64  `mapstructure:"cache_mib"`
	CacheDays int    `mapstructure:"cache_days"`
	// ValidDays is for how long an address of our own listener can be fetched.
	ValidDays int `mapstructure:"valid_days"`
}

// The values of Through.
const (
	ThroughWeb    = "web"
	ThroughUpload = "upload"
)

// The values where nothing is said.
const (
	defaultMaxFile   = 100
	defaultCacheSize = 1024
	defaultCacheDays = 30
	defaultValidDays = 365
	maxMiB           = 1 << 30 // a pebibyte
)

func (w *Web) complete() error {
	switch {
	case w.Listen == "" && (w.URL != "" || w.Certificate != "" || w.Key != ""):
		return errors.New(`listen: is missing; write for instance "127.0.0.1:8480"`)
	case w.Listen != "" && w.URL == "":
		return errors.New(`url: is missing; write the public address, for instance "https://gateway.example.org"`)
	case (w.Certificate == "") != (w.Key == ""):
		return errors.New("certificate and key: give both, or none where a reverse proxy speaks TLS")
	}
	for name, address := range map[string]string{"listen": w.Listen, "private": w.Private} {
		if address == "" || strings.HasPrefix(address, "unix:/") {
			continue
		}
		if _, _, err := net.SplitHostPort(address); err != nil {
			return fmt.Errorf(`%s: %q is neither "host:port" nor "unix:/path"`, name, address)
		}
	}
	if w.URL != "" {
		if u, err := url.Parse(w.URL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			return fmt.Errorf("url: %q is not an address such as https://gateway.example.org", w.URL)
		}
	}
	return nil
}

// complete fills in what is left out; folder is that of the gateway's own data.
func (f *Files) complete(web bool, folder string) error {
	if f.Through == "" {
		f.Through = ThroughUpload
		if web {
			f.Through = ThroughWeb
		}
	}
	if f.Cache == "" {
		f.Cache = filepath.Join(folder, "files")
	}
	for _, host := range f.Hosts {
		if strings.ContainsAny(host, "/ @") || host == "" {
			return fmt.Errorf(`hosts: %q is neither "host" nor "host:port"`, host)
		}
	}
	switch {
	case f.Through != ThroughWeb && f.Through != ThroughUpload:
		return fmt.Errorf("through: %q is neither web nor upload", f.Through)
	case f.Through == ThroughWeb && !web:
		return errors.New("through: web needs a listener; say under web: where to listen")
	case strings.ContainsAny(f.UploadService, "/ "):
		return fmt.Errorf("upload_service: %q is no JID such as upload.example.org", f.UploadService)
	case f.MaxFile <= 0 || f.MaxFile > maxMiB:
		return errors.New("max_file_mib: is no size")
	case f.CacheSize < f.MaxFile || f.CacheSize > maxMiB:
		return errors.New("cache_mib: is no size, or less than max_file_mib: the cache holds each file on its way")
	case f.CacheDays <= 0 || f.CacheDays > maxKeepDays:
		return errors.New("cache_days: is no number of days")
	case f.ValidDays <= 0 || f.ValidDays > maxKeepDays:
		return errors.New("valid_days: is no number of days")
	}
	return nil
}

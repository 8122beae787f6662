//! A headless Chromium, spoken to in its DevTools protocol: messages of JSON that end in a zero byte, over two pipes.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::skip::skipped;

/// How long one answer may take; the machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(90);

/// A browser with one page.
pub struct Browser {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    session: Option<String>,
    next: u64,
    requested: BTreeSet<String>,
    complaints: Vec<String>,
    loaded: bool,
    _profile: tempfile::TempDir,
}

fn is_required() -> bool {
    std::env::var_os("POUCET_REQUIRE_BROWSER").is_some_and(|value| value == "1")
}

/// The text of axe-core; `None` where it is not at hand and need not be.
pub fn axe() -> Option<String> {
    let text = std::env::var_os("POUCET_AXE").and_then(|path| std::fs::read_to_string(path).ok());
    if text.is_none() {
        assert!(!is_required(), "POUCET_REQUIRE_BROWSER=1, and POUCET_AXE names no file");
        skipped("axe-core is not here (POUCET_AXE)");
    }
    text
}

impl Browser {
    /// Starts it; `None` where there is none and need not be.
    pub fn start() -> Option<Browser> {
        let program = std::env::var("POUCET_CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
        let found = Command::new(&program).arg("--version").output().is_ok_and(|output| output.status.success());
        if !found {
            assert!(!is_required(), "POUCET_REQUIRE_BROWSER=1, and `{program}` does not start");
            skipped(&format!("no browser `{program}` is here"));
            return None;
        }
        let profile = tempfile::tempdir().unwrap();
        // The browser reads its third descriptor and writes to its fourth.
        let script = "exec \"$0\" --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
             --disable-background-networking --disable-component-update --hide-scrollbars \
             --user-data-dir=\"$1\" --remote-debugging-pipe about:blank 3<&0 4>&1 1>&2";
        let mut child = Command::new("sh")
            .args(["-c", script, &program])
            .arg(profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = child.stdout.take().unwrap();
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(output);
            let mut message = Vec::new();
            while reader.read_until(0, &mut message).is_ok_and(|read| read > 0) {
                message.pop();
                let Ok(value) = serde_json::from_slice(&message) else { break };
                if sender.send(value).is_err() {
                    break;
                }
                message.clear();
            }
        });
        let input = child.stdin.take().unwrap();
        let mut browser = Browser {
            child,
            input,
            messages,
            session: None,
            next: 0,
            requested: BTreeSet::new(),
            complaints: Vec::new(),
            loaded: false,
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attached =
            browser.call("Target.attachToTarget", &json!({ "targetId": target["targetId"], "flatten": true }));
        browser.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Log", "Network", "DOM", "CSS"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        Some(browser)
    }

    /// Calls a method and waits for its answer; what happens meanwhile is noted.
    pub fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.next += 1;
        let id = self.next;
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.input.write_all(message.to_string().as_bytes()).unwrap();
        self.input.write_all(&[0]).unwrap();
        self.input.flush().unwrap();
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let message = self.messages.recv_timeout(left).unwrap_or_else(|error| panic!("{method}: {error}"));
            if message["id"] == json!(id) {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
            self.note(&message);
        }
    }

    fn note(&mut self, message: &Value) {
        let parameters = &message["params"];
        match message["method"].as_str().unwrap_or_default() {
            "Network.requestWillBeSent" => {
                self.requested.insert(parameters["request"]["url"].as_str().unwrap_or_default().to_owned());
            }
            "Runtime.consoleAPICalled" | "Runtime.exceptionThrown" | "Log.entryAdded" => {
                self.complaints.push(parameters.to_string());
            }
            "Page.loadEventFired" => self.loaded = true,
            _ => {}
        }
    }

    /// Opens a page as wide as this, in light or dark.
    pub fn open(&mut self, url: &str, width: u64, scheme: &str) {
        (self.loaded, self.requested, self.complaints) = (false, BTreeSet::new(), Vec::new());
        let metrics = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &metrics);
        self.emulate("screen", scheme);
        self.call("Page.navigate", &json!({ "url": url }));
        let end = Instant::now() + PATIENCE;
        while !self.loaded {
            let left = end.saturating_duration_since(Instant::now());
            let message = self.messages.recv_timeout(left).unwrap_or_else(|error| panic!("{url}: {error}"));
            self.note(&message);
        }
    }

    /// The medium, `screen` or `print`, and the colours that the person prefers.
    pub fn emulate(&mut self, medium: &str, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call("Emulation.setEmulatedMedia", &json!({ "media": medium, "features": features }));
    }

    /// The value of an expression; a promise is waited for.
    pub fn value(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", &parameters);
        assert!(answer.get("exceptionDetails").is_none(), "{answer}");
        answer["result"]["value"].clone()
    }

    /// Whether scripts of the page run; the page must be opened after.
    pub fn without_scripts(&mut self, off: bool) {
        self.call("Emulation.setScriptExecutionDisabled", &json!({ "value": off }));
    }

    /// Lets the test's own script run in pages that forbid scripts.
    pub fn bypass_policy(&mut self) {
        self.call("Page.setBypassCSP", &json!({ "enabled": true }));
    }

    fn node(&mut self, selector: &str) -> Value {
        let document = self.call("DOM.getDocument", &json!({ "depth": 0 }));
        let root = &document["root"]["nodeId"];
        let found = self.call("DOM.querySelector", &json!({ "nodeId": root, "selector": selector }));
        assert_ne!(found["nodeId"], json!(0), "{selector}");
        found["nodeId"].clone()
    }

    /// Whether the first element of a selector is displayed.
    pub fn is_shown(&mut self, selector: &str) -> bool {
        let node = self.node(selector);
        let style = self.call("CSS.getComputedStyleForNode", &json!({ "nodeId": node }));
        let rows = style["computedStyle"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == "display").is_some_and(|row| row["value"] != "none")
    }

    /// Clicks in the middle of the first element of a selector.
    pub fn click(&mut self, selector: &str) {
        let node = self.node(selector);
        let found = self.call("DOM.getBoxModel", &json!({ "nodeId": node }));
        let corners: Vec<f64> =
            found["model"]["content"].as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect();
        let (x, y) = ((corners[0] + corners[4]) / 2.0, (corners[1] + corners[5]) / 2.0);
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", &event);
        }
    }

    /// Presses a key.
    pub fn press(&mut self, key: &str) {
        let code = match key {
            "Tab" => 9,
            "ArrowRight" => 39,
            other => panic!("no code for {other}"),
        };
        for kind in ["rawKeyDown", "keyUp"] {
            let event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            self.call("Input.dispatchKeyEvent", &event);
        }
    }

    /// Prints to PDF on a paper in inches, and counts the pages.
    pub fn print(&mut self, width: f64, height: f64) -> usize {
        let parameters = json!({ "paperWidth": width, "paperHeight": height, "printBackground": false });
        let answer = self.call("Page.printToPDF", &parameters);
        let pdf = decode(answer["data"].as_str().unwrap());
        assert!(pdf.starts_with(b"%PDF-"));
        // The tree of pages says how many there are; its root has the highest count.
        let text = String::from_utf8_lossy(&pdf);
        let counts = text.split("/Count ").skip(1).filter_map(|rest| {
            rest.split(|character: char| !character.is_ascii_digit()).next().and_then(|number| number.parse().ok())
        });
        counts.max().expect("a PDF has a tree of pages")
    }

    /// What the page asked for since it was opened.
    pub fn requested(&self) -> Vec<&str> {
        self.requested.iter().map(String::as_str).collect()
    }

    /// What the console said since the page was opened.
    pub fn complaints(&self) -> Vec<String> {
        self.complaints.clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// RFC 4648.
fn decode(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut bytes, mut number, mut bits) = (Vec::new(), 0_u32, 0);
    for sextet in text.bytes().filter_map(value) {
        number = (number << 6 | u32::from(sextet)) & 0x00ff_ffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((number >> bits) & 0xff).unwrap());
        }
    }
    bytes
}

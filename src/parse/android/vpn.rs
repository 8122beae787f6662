//! `dumpsys vpn_management` (Android 12 and later): which app runs a VPN (`VpnManagerService.dump`, `Vpn.dump`).

use crate::parse::text::numbered_lines;

use super::located::whole_gaps;
use super::parsed::Parsed;

/// The VPN of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vpn {
    /// The user, where the dump says.
    pub user: Option<u32>,
    /// The app that was last prepared for it; `None` for the platform's own (`[Legacy VPN]`).
    pub package: Option<String>,
    /// `VpnManager.TYPE_VPN_*`: -1 none, 1 an app's service, 2 the platform's, 3 legacy, 4 vendor's. `None` when the
    /// phone does not print it.
    pub kind: Option<i32>,
    /// The line that names the package.
    pub line: u32,
}

/// The VPNs of a phone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vpns {
    /// One per user that has one.
    pub vpns: Vec<Vpn>,
}

/// Reads `dumpsys vpn_management`: `  0: package`, `Active package name: `, `Active vpn type: `.
pub fn parse(text: &str) -> Parsed<Vpns> {
    let mut facts = Vpns::default();
    let mut recognised = false;
    let mut user: Option<u32> = None;
    for (number, line) in numbered_lines(text) {
        let row = line.trim();
        recognised |= row.starts_with("VPNs:");
        if let Some((id, _)) = row.split_once(':')
            && let Ok(id) = id.parse()
        {
            user = Some(id);
        } else if let Some(package) = row.strip_prefix("Active package name:") {
            recognised = true;
            let package = package.trim();
            let package =
                (!package.is_empty() && !package.starts_with('[') && package != "null").then(|| package.to_owned());
            facts.vpns.push(Vpn { user, package, kind: None, line: number });
        } else if let Some(kind) = row.strip_prefix("Active vpn type:")
            && let Some(vpn) = facts.vpns.last_mut()
        {
            vpn.kind = kind.trim().parse().ok();
        }
    }
    let gaps = whole_gaps(text, recognised);
    Parsed { facts, gaps }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::Reason;
    use crate::parse::android::located::mangled;

    const TWO: &str = "VPNs:\n  0: org.adaway\n    Active package name: org.adaway\n    Active vpn type: 1\n    OwnerUid: 10196\n  10: [Legacy VPN]\n    Active package name: [Legacy VPN]\n    Active vpn type: -1\n";

    #[test]
    fn reads_vpns_of_users() {
        let text = TWO;
        let parsed = parse(text);
        assert_eq!(parsed.gaps, []);
        let vpns = parsed.facts.vpns;
        assert_eq!(
            (vpns[0].user, vpns[0].package.as_deref(), vpns[0].kind, vpns[0].line),
            (Some(0), Some("org.adaway"), Some(1), 3)
        );
        assert_eq!((vpns[1].user, vpns[1].package.as_deref(), vpns[1].kind), (Some(10), None, Some(-1)));
    }

    #[test]
    fn no_vpn_is_no_gap() {
        assert_eq!(parse("VPNs:\n").gaps, []);
        assert_eq!(parse("Can't find service: vpn_management").gaps[0].reason, Reason::NotSupported);
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>(), near in mangled(TWO)) {
            let _ = (parse(&text), parse(&near));
        }
    }
}

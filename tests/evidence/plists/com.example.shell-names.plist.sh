<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
    <key>Label</key>
    <string>${NAME}</string>
    <key>ProgramArguments</key>
    <array>
        <string>${PROGRAM}</string>
    </array>
    <key>KeepAlive</key>
    <true/>
    <key>RunAtLoad</key>
    <true/>
    <key>MachServices</key>
    <dict>
        <key>${NAME}</key>
        <true/>
    </dict>
    <key>StandardErrorPath</key>
    <string>${LOG}</string>
    <key>StandardOutputPath</key>
    <string>${LOG}</string>
    <key>UserName</key>
    <string>root</string>
    <key>GroupName</key>
    <string>wheel</string>
</dict>
</plist>

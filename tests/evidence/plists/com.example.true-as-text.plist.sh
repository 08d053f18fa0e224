<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>com.example.true-as-text</string>
	<key>ProgramArguments</key>
	<array>
		<string>/bin/bash</string>
		<string>$TOOLS/tunnel.sh</string>
	</array>
	<key>KeepAlive</key>
	<string>true</string>
	<key>ThrottleInterval</key>
	<integer>5</integer>
	<key>WorkingDirectory</key>
	<string>$HOME</string>
	<key>StandardOutPath</key>
	<string>$LOGS/tunnel.log</string>
	<key>StandardErrorPath</key>
	<string>$LOGS/tunnel.log</string>
</dict>
</plist>

<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
    <key>Label</key>
    <string>${NAME}</string>
    <key>ProgramArguments</key>
    <array>
        <string>${FOLDER}/${PROGRAM}</string>
        <string>-service</string>
    </array>
    
    <key>RunAtLoad</key>
    <true/>
    <key>KeepAlive</key>
    <dict>
        <key>SuccessfulExit</key>
        <false/>
    </dict>
    <key>WorkingDirectory</key>
    <string>/tmp</string>
    
    <key>StandardOutputPath</key>
    <string>/var/log/reader.log</string>
    
    <key>StandardErrorPath</key>
    <string>/var/log/reader.error.log</string>
    <key>ThrottleInterval</key>
    <integer>5</integer>
</dict>
</plist>

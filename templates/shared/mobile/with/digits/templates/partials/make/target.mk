
android: ## build the Android app (needs Gradle and the Android SDK)
	gradle -p android assembleDebug

ios: ## make the Xcode project of the iOS app (needs XcodeGen)
	cd ios && xcodegen generate

.PHONY: android ios

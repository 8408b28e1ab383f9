
android: ## build the Android app (needs Gradle and the Android SDK)
	gradle -p android assembleDebug

.PHONY: android
